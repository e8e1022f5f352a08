"""The project's files as the style rules see them."""

import os
import re
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT_SUFFIXES = {".cpp", ".hpp", ".py", ".sh", ".md", ".txt", ".cmake", ".json", ".service", ".env", ".yaml", ".yml",
                 ".js", ".mjs", ".css", ".html", ".svg"}
TEXT_NAMES = {"run", "nodes", "LICENSE", ".clang-format", ".clang-tidy", ".gitignore"}
NOT_OURS = {".git", "build", "__pycache__"}

COMMENT_OR_LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL,
)


def blanked(found):
    """What a comment or literal becomes: nothing of its words, all of its line feeds."""
    text = found.group()
    lines = "\n" * text.count("\n")
    return lines if text.startswith("/") else '""' + lines


class Source:
    """One file: its path below the root with forward slashes, and its text."""

    def __init__(self, path, text):
        self.path = path
        self.text = text

    @cached_property
    def code(self):
        """C++ without comments and without what stands in literals; line numbers stay."""
        return COMMENT_OR_LITERAL.sub(blanked, self.text)

    @property
    def is_cpp(self):
        return self.path.endswith((".cpp", ".hpp"))

    def line_of(self, position, text=None):
        return (self.code if text is None else text).count("\n", 0, position) + 1


def all_sources():
    """Every text file of the project, in the order of its path."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS and not name.startswith("build"))
        for name in sorted(names):
            path = Path(folder) / name
            if path.suffix in TEXT_SUFFIXES or name in TEXT_NAMES:
                relative = path.relative_to(ROOT).as_posix()
                found.append(Source(relative, path.read_text(encoding="utf-8")))
    return found
