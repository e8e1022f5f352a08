"""The demo: an outage on stage, and every rollup delivered in the end."""

import os
import pathlib
import signal
import tempfile

from harness import IntegrationTest, main
from program import EDGE_ROLLUP, EDGE_STUB, Program, wait_until


class Demo(IntegrationTest):
    def start_demo(self, *arguments):
        temporary = pathlib.Path(tempfile.mkdtemp(dir=self.directory))
        demo = Program(
            self.directory, EDGE_STUB, "demo", "--daemon", EDGE_ROLLUP, *arguments, env={"TMPDIR": str(temporary)}
        )
        self.addCleanup(lambda: self.assertEqual(os.listdir(temporary), []))
        return self.keep(demo)

    def test_the_outbox_fills_drains_and_the_demo_ends_well(self):
        demo = self.start_demo("--interval", "500ms", "--rounds", "9")
        self.assertEqual(demo.wait(60), 0, demo.report())
        self.assertIn("the cloud goes down", demo.stdout)
        self.assertIn("the cloud is back", demo.stdout)
        self.assertIn("every rollup arrived", demo.stdout)
        self.assertEqual(demo.stderr, "")

    def test_ctrl_c_ends_it_well(self):
        demo = self.start_demo("--interval", "500ms", "--rounds", "1000", "--nodes", "2")
        wait_until(lambda: "#2 " in demo.stdout, "two rollups have come")
        demo.signal(signal.SIGINT)
        self.assertEqual(demo.wait(), 0, demo.report())


if __name__ == "__main__":
    main()
