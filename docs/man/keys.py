#!/usr/bin/python3
"""Writes the keys of the configuration into edge-rollup.yaml.5.scd, from what `edge-rollup config example` says of them.

    docs/man/keys.py build/dev/daemon/edge-rollup [--check]

With --check nothing is written; exit code 1 says that the page is behind the program.
"""

import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parent / "edge-rollup.yaml.5.scd"
BEGIN = "; The keys begin. They are made by docs/man/keys.py.\n"
END = "; The keys end.\n"

KEY = re.compile(r"(?P<indent> *)#?(?P<name>[a-z_]+):(?: (?P<value>.*))?$")
COMMENT = re.compile(r" *# (?P<text>.*)$")


def keys(example):
    """(dotted name, default, explanation) of each key; default is None where there is none."""
    path, words = [], []
    for line in example.splitlines():
        if comment := COMMENT.match(line):
            words.append(comment["text"])
        elif key := KEY.match(line):
            path[len(key["indent"]) // 2:] = [key["name"]]
            if words:
                is_default = line.lstrip().startswith("#")
                yield ".".join(path), key["value"] if is_default else None, " ".join(words)
            words = []
        elif not line.strip():
            words = []


def escaped(text):
    return re.sub(r"([_*\\])", r"\\\1", text)


def entry(name, default, explanation):
    told = f" [{escaped(default)}]" if default not in (None, "null", "[]", "{}") else ""
    return f"*{escaped(name)}*{told}\n\t{escaped(explanation)}\n\n"


def page_with(example):
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    _old, after = rest.split(END)
    return before + BEGIN + "\n" + "".join(entry(*key) for key in keys(example)) + END + after


def main(program, *options):
    run = subprocess.run([program, "config", "example"], capture_output=True, text=True, check=True)
    page = page_with(run.stdout)
    if "--check" in options:
        if page != PAGE.read_text(encoding="utf-8"):
            sys.exit(f"{PAGE.name} is behind the program: run docs/man/keys.py {program}")
    else:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
