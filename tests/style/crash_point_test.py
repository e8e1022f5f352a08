#!/usr/bin/python3
"""A release knows nothing of crash points: neither their names nor the variable that chooses one is in the program.

Compiles a call of one with the compiler that is given, once as a release is built and once as a test build is.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILER = os.environ.get("CXX", "c++")
SWITCH = "EDGE_ROLLUP_CRASH_POINTS"
CALL = '#include "runtime/crash_point.cpp"\nvoid store() { edge_rollup::runtime::crash_point("store", "before_commit"); }\n'


class ReleaseBuild(unittest.TestCase):
    def compiled(self, *options):
        with tempfile.TemporaryDirectory() as directory:
            source = pathlib.Path(directory) / "call.cpp"
            source.write_text(CALL)
            words = (COMPILER, "-std=c++23", "-O2", "-I", ROOT / "lib", *options, "-c", source, "-o", "call.o")
            subprocess.run(words, check=True, cwd=directory)
            return (pathlib.Path(directory) / "call.o").read_bytes()

    def test_has_neither_the_names_nor_the_variable(self):
        released = self.compiled()
        for text in (b"before_commit", b"crash_point", b"CRASH_AT"):
            self.assertNotIn(text, released)
        tested = self.compiled(f"-D{SWITCH}")
        for text in (b"before_commit", b"crash_point", b"CRASH_AT"):
            self.assertIn(text, tested)

    def test_is_the_only_kind_that_is_made_where_nobody_asks(self):
        presets = json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]
        asking = {each["name"] for each in presets if SWITCH in each.get("cacheVariables", {})}
        self.assertEqual(asking, {"dev", "asan", "tsan"})
        self.assertIn(f'option({SWITCH} "Let tests end the process at named places" OFF)',
                      (ROOT / "CMakeLists.txt").read_text())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
