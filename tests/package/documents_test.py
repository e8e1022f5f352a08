#!/usr/bin/python3
"""The documents: every code block has a name and is run, those that need a build tree here, the others in the container
or beside a database."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = pathlib.Path(os.environ["RELEASE_TREE"])
sys.path.insert(0, str(ROOT / "tests/integration"))
from documents import PAGES, blocks, named_blocks  # noqa: E402

RUN_LANGUAGES = {"sh", "sql", "yaml"}
PRESENTED = {"", "json"}  # pictures and examples of data
DEMO_LIMIT = 100  # seconds


class Documents(unittest.TestCase):
    def run_block(self, page, name, folder):
        path = f"{RELEASE}/daemon:{os.environ['PATH']}"
        run = subprocess.run(["sh", "-euc", named_blocks(page)[name]], cwd=folder, env={**os.environ, "PATH": path},
                             capture_output=True, text=True, timeout=DEMO_LIMIT)
        self.assertEqual(0, run.returncode, run.stdout + run.stderr)
        return run.stdout

    def test_have_a_name_for_every_block_that_a_reader_would_run(self):
        for page in PAGES:
            for block in blocks(page):
                with self.subTest(page=page, text=block.text[:60]):
                    self.assertIn(block.language, RUN_LANGUAGES | PRESENTED)
                    self.assertEqual(block.language in RUN_LANGUAGES, block.name is not None)

    def test_name_no_two_blocks_alike(self):
        for page in PAGES:
            names = [block.name for block in blocks(page) if block.name]
            self.assertEqual(sorted(set(names)), sorted(names), page)

    def test_use_every_statement_of_the_receiving_side(self):
        test = (ROOT / "tests/integration/cloud_side_test.py").read_text(encoding="utf-8")
        self.assertEqual([], [name for name in named_blocks("docs/cloud-side.md") if f'"{name}"' not in test])

    def test_link_to_files_that_are_there(self):
        for page in PAGES:
            folder = (ROOT / page).parent
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text(encoding="utf-8")):
                with self.subTest(page=page):
                    self.assertTrue((folder / target).exists(), target)

    def test_show_the_demo(self):
        said = self.run_block("README.md", "demo", ROOT)
        self.assertIn("every rollup arrived", said)

    def test_make_the_package_as_this_was_made(self):
        make = (ROOT / "tests/package/make.sh").read_text(encoding="utf-8")
        for command in named_blocks("README.md")["package"].strip().split(" && "):
            self.assertIn(f"\n{command}\n", make)

    def test_begin_a_file_of_settings(self):
        with tempfile.TemporaryDirectory() as folder:
            said = self.run_block("README.md", "config", folder)
            self.assertIn("interval", said)
            self.assertTrue((pathlib.Path(folder) / "edge-rollup.yaml").exists())


if __name__ == "__main__":
    unittest.main(verbosity=1)
