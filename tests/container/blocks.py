#!/usr/bin/python3
"""Writes the named code blocks of README.md and docs/runbooks.md below a folder, as PAGE/NAME: blocks.py FOLDER"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from documents import named_blocks  # noqa: E402

for page, name in (("README.md", "README"), ("docs/runbooks.md", "runbooks")):
    folder = pathlib.Path(sys.argv[1]) / name
    folder.mkdir(parents=True)
    for block, text in named_blocks(page).items():
        (folder / block).write_text(text, encoding="utf-8")
