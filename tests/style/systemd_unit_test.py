#!/usr/bin/python3
"""The systemd unit is valid and its sandbox is closed. Exit code 77: no systemd-analyze here."""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

UNIT = Path(__file__).resolve().parents[2] / "systemd/edge-rollup.service"
SKIPPED = 77
# Exposure in tenths, 0 to 100. What is left is the price of talking to any host there is.
MAX_EXPOSURE = 11


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True)


class SystemdUnit(unittest.TestCase):
    def changed(self, pattern, replacement):
        """A copy of the unit; the program of the original is not installed on a build machine."""
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        copy = folder / UNIT.name
        text, count = re.subn(pattern, replacement, UNIT.read_text(encoding="utf-8"), flags=re.MULTILINE)
        self.assertGreater(count, 0, f"nothing matches {pattern}")
        copy.write_text(text, encoding="utf-8")
        return copy

    def test_is_valid(self):
        run = analyze("verify", "--man=no", self.changed(r"^ExecStart=\S+", "ExecStart=/bin/true"))
        self.assertEqual((0, ""), (run.returncode, run.stderr))
        bad = analyze("verify", "--man=no", self.changed(r"^ExecStart=\S+", "ExecStrat=/bin/true"))
        self.assertNotEqual((0, ""), (bad.returncode, bad.stderr), "a misspelt key passed")

    def test_is_closed_to_what_it_does_not_need(self):
        run = analyze("security", "--offline=true", f"--threshold={MAX_EXPOSURE}", UNIT)
        self.assertEqual(0, run.returncode, run.stdout)
        open_door = self.changed(r"^SystemCallFilter=.*\n", "")
        self.assertNotEqual(0, analyze("security", "--offline=true", f"--threshold={MAX_EXPOSURE}", open_door).returncode)


if __name__ == "__main__":
    if shutil.which("systemd-analyze") is None:
        print("skipped: systemd-analyze is not installed")
        sys.exit(SKIPPED)
    unittest.main()
