#!/usr/bin/python3
"""The systemd unit and its drop-ins are valid and the sandbox is closed. Exit code 77: no systemd-analyze here."""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SYSTEMD = Path(__file__).resolve().parents[2] / "systemd"
UNIT = SYSTEMD / "edge-rollup.service"
DROP_INS = sorted((SYSTEMD / "drop-ins").glob("*.conf"))
SKIPPED = 77
# Exposure in tenths, 0 to 100. What is left is the price of talking to any host there is.
MAX_EXPOSURE = 11
MAX_EXPOSURE_WITH_ALLOW_LIST = 10


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True)


def values_of(key):
    return re.findall(rf"^{key}=(.*)$", UNIT.read_text(encoding="utf-8"), flags=re.MULTILINE)


class SystemdUnit(unittest.TestCase):
    def changed(self, pattern, replacement, drop_ins=()):
        """A copy of the unit; the program of the original is not installed on a build machine."""
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        copy = folder / UNIT.name
        text, count = re.subn(pattern, replacement, UNIT.read_text(encoding="utf-8"), flags=re.MULTILINE)
        self.assertGreater(count, 0, f"nothing matches {pattern}")
        copy.write_text(text, encoding="utf-8")
        for drop_in in drop_ins:
            (folder / f"{UNIT.name}.d").mkdir(exist_ok=True)
            shutil.copy(drop_in, folder / f"{UNIT.name}.d")
        return copy

    def exposure(self, most, *drop_ins):
        """Of the unit with these drop-ins, as an exit code."""
        unit = self.changed(r"^ExecStart=\S+", "ExecStart=/bin/true", drop_ins)
        return analyze("security", "--offline=true", f"--threshold={most}", unit)

    def test_is_valid(self):
        run = analyze("verify", "--man=no", self.changed(r"^ExecStart=\S+", "ExecStart=/bin/true", DROP_INS))
        self.assertEqual((0, ""), (run.returncode, run.stderr))
        bad = analyze("verify", "--man=no", self.changed(r"^ExecStart=\S+", "ExecStrat=/bin/true"))
        self.assertNotEqual((0, ""), (bad.returncode, bad.stderr), "a misspelt key passed")

    def test_is_closed_to_what_it_does_not_need(self):
        run = self.exposure(MAX_EXPOSURE)
        self.assertEqual(0, run.returncode, run.stdout)
        open_door = self.changed(r"^SystemCallFilter=.*\n", "")
        self.assertNotEqual(0, analyze("security", "--offline=true", f"--threshold={MAX_EXPOSURE}", open_door).returncode)

    def test_is_closed_further_by_the_allow_list(self):
        run = self.exposure(MAX_EXPOSURE_WITH_ALLOW_LIST, SYSTEMD / "drop-ins/ip-allow-list.conf")
        self.assertEqual(0, run.returncode, run.stdout)
        self.assertNotEqual(0, self.exposure(MAX_EXPOSURE_WITH_ALLOW_LIST).returncode, "the allow-list changes nothing")

    def test_is_supervised_and_does_not_loop_on_what_only_a_person_can_mend(self):
        self.assertEqual(values_of("Type"), ["notify"])
        self.assertEqual(values_of("ExecReload"), ["/bin/kill -HUP $MAINPID"])
        self.assertEqual(values_of("Restart"), ["on-failure"])
        self.assertEqual(values_of("RestartPreventExitStatus"), ["64 65 66 77 78"])
        self.assertTrue(values_of("WatchdogSec"))


class Catalog(unittest.TestCase):
    def test_is_understood_by_journalctl(self):
        with tempfile.TemporaryDirectory() as root:
            folder = Path(root, "usr/lib/systemd/catalog")
            folder.mkdir(parents=True)
            Path(root, "var/lib/systemd/catalog").mkdir(parents=True)
            shutil.copy(SYSTEMD / "edge-rollup.catalog", folder)
            update = subprocess.run(["journalctl", f"--root={root}", "--update-catalog"], capture_output=True, text=True)
            self.assertEqual((0, ""), (update.returncode, update.stderr))
            listed = subprocess.run(["journalctl", f"--root={root}", "--list-catalog"], capture_output=True, text=True)
            ids = re.findall(r"^-- ([0-9a-f]{32})$", (SYSTEMD / "edge-rollup.catalog").read_text(), re.MULTILINE)
            self.assertEqual(sorted(ids), sorted(line.split()[0] for line in listed.stdout.splitlines()))


if __name__ == "__main__":
    if shutil.which("systemd-analyze") is None:
        print("skipped: systemd-analyze is not installed")
        sys.exit(SKIPPED)
    unittest.main()
