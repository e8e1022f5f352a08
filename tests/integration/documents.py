"""The code blocks of the documents. A block that is run has a name in a comment above it: <!-- run: NAME -->."""

import pathlib
import re
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ("README.md", "docs/runbooks.md", "docs/cloud-side.md")
BLOCK = re.compile(
    r"(?:^ *<!-- run: (?P<name>[a-z-]+) -->\n)?^(?P<indent> *)```(?P<language>[a-z]*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)


class Block:
    def __init__(self, found):
        self.name = found["name"]
        self.language = found["language"]
        self.text = textwrap.dedent(found["text"])


def blocks(page):
    return [Block(found) for found in BLOCK.finditer((ROOT / page).read_text(encoding="utf-8"))]


def named_blocks(page):
    """Name -> text of the blocks of one page that are run."""
    return {block.name: block.text for block in blocks(page) if block.name}
