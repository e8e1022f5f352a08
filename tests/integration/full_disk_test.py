"""A state directory on a file system of 16 MiB that is filled to the last byte in an outage: rounds and delivery go on,
a restart too, and nothing that was kept is lost when there is room again.

The file system is mounted in a mount namespace of this test's own; without the right to make one it is skipped.
"""

import ctypes
import errno
import os
import unittest

from harness import IntegrationTest, main
from peers import summary
from program import wait_until

CLONE_NEWNS = 0x00020000
MS_REC_PRIVATE = 0x4000 | 0x40000
MS_REMOUNT_READ_ONLY = 0x20 | 0x1
SIZE = "16m"
SETTINGS = """
poll: {interval: 200ms, timeout: 200ms}
outbox: {min_free_disk: 0B}
listen: 127.0.0.1:0
"""

libc = ctypes.CDLL(None, use_errno=True)


def leave_the_mounts_of_others():
    """False where this is not allowed. Programs started from now on see the same mounts as this process."""
    return libc.unshare(CLONE_NEWNS) == 0 and libc.mount(b"none", b"/", None, MS_REC_PRIVATE, None) == 0


def fill(directory):
    """To the last byte."""
    with open(directory / "ballast", "wb", buffering=0) as ballast:
        for block in (65536, 4096, 1):
            try:
                while True:
                    ballast.write(b"x" * block)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


class FullDisk(IntegrationTest):
    def setUp(self):
        super().setUp()
        if not leave_the_mounts_of_others():
            raise unittest.SkipTest("mounting is not allowed here")
        self.disk = self.directory / "disk"
        self.disk.mkdir()
        options = f"size={SIZE}".encode()
        if libc.mount(b"tmpfs", os.fsencode(self.disk), b"tmpfs", 0, options) != 0:
            raise unittest.SkipTest("mounting is not allowed here")
        self.addCleanup(libc.umount2, os.fsencode(self.disk), 2)
        self.state_dir = self.disk / "state"
        self.polled = self.node(summary(4160, 0.981))
        self.cloud = self.cloud()
        self.settings = self.directory / "gateway.yaml"
        self.settings.write_text(SETTINGS)

    def rounds_pass(self, count):
        polled = self.polled.requests
        wait_until(lambda: self.polled.requests >= polled + count, f"{count} rounds passed")

    def test_filled_to_the_last_byte_in_an_outage_it_goes_on_and_loses_nothing_that_was_kept(self):
        self.cloud.stop()
        daemon = self.start_run(self.cloud, "-c", self.settings, self.polled.url)
        self.rounds_pass(5)
        fill(self.disk)
        self.rounds_pass(5)
        daemon.process.kill()
        daemon.wait()
        fill(self.disk)
        daemon = self.start_run(self.cloud, "-c", self.settings, self.polled.url)
        self.rounds_pass(5)
        self.assertTrue(daemon.running, daemon.report())

        self.cloud.start()
        wait_until(lambda: len(self.cloud.accepted) >= 8, "it delivers with a full disk")
        (self.disk / "ballast").unlink()
        self.rounds_pass(5)
        newest = max(each.sequence for each in self.cloud.accepted)
        wait_until(lambda: max(each.sequence for each in self.cloud.accepted) > newest + 5, "all goes on")
        # A disk that took nothing at the start is left alone for half a minute.
        kept = {1, 2, 3, 4, 5}
        wait_until(lambda: kept <= {each.sequence for each in self.cloud.accepted}, "what was kept arrives", limit=60)
        self.stop_run(daemon)

        self.assert_one_body_each(self.cloud.received)
        delivered = {each.sequence for each in self.cloud.accepted}
        told = set().union(*(each.told_lost for each in self.cloud.accepted))
        streams = {each.rollup["stream"] for each in self.cloud.accepted}
        if len(streams) == 1:
            self.assertEqual(set(range(1, max(delivered))) - delivered - told, set(), "nowhere")
        reasons = {loss["reason"] for each in self.cloud.accepted for loss in each.rollup["lost"]["ranges"]}
        self.assertLessEqual(reasons, {"disk"})
        print(f"delivered={len(delivered)} told_lost={len(told)} streams={len(streams)}")

    def outbox(self, *words):
        return self.finish("outbox", *words, "--state-dir", self.state_dir)

    def assert_looked_at_and_dropped(self, sequence):
        listed = self.outbox("list", "--json")
        self.assert_exit(listed, 0)
        self.assertIn(f'"sequence":{sequence},', listed.stdout)
        self.assert_exit(self.outbox("drop", str(sequence), "--yes"), 0)
        self.assertNotIn(f'"sequence":{sequence},', self.outbox("list", "--json").stdout)

    def test_on_a_full_disk_commands_look_and_delete_beside_a_daemon_and_without_one(self):
        self.cloud.stop()
        daemon = self.start_run(self.cloud, "-c", self.settings, self.polled.url)
        self.rounds_pass(5)
        fill(self.disk)
        self.assert_looked_at_and_dropped(1)
        self.rounds_pass(2)
        fill(self.disk)
        self.stop_run(daemon)
        (self.disk / "ballast").unlink()
        daemon = self.start_run(self.cloud, "-c", self.settings, self.polled.url)
        self.rounds_pass(2)  # the reserve is there again
        self.stop_run(daemon)

        fill(self.disk)
        self.assert_looked_at_and_dropped(2)
        self.assert_exit(self.finish("identity", "new", "--yes", "--state-dir", self.state_dir), 0)
        (self.state_dir / "outbox.reserve").unlink()
        fill(self.disk)
        self.assert_exit(self.outbox("show", "3"), 0)
        daemon = self.start_run(self.cloud, "-c", self.settings, self.polled.url)
        self.rounds_pass(2)
        fill(self.disk)
        self.assert_exit(self.outbox("show", "3"), 0)
        self.stop_run(daemon)

    def once(self):
        words = ("--cloud", self.cloud.endpoint, "--state-dir", self.state_dir, "--timeout", "2s")
        return self.finish("once", *words, self.polled.url)

    def test_on_a_disk_that_became_read_only_it_starts_and_listens(self):
        daemon = self.start_run(self.cloud, "-c", self.settings, self.polled.url)
        self.rounds_pass(2)
        self.stop_run(daemon)
        self.assertEqual(libc.mount(b"none", os.fsencode(self.disk), None, MS_REMOUNT_READ_ONLY, None), 0)
        self.cloud.stop()
        told = self.once()
        self.assert_exit(told, 74)
        self.assertIn("in memory only", told.stderr)
        self.cloud.start()
        self.assert_exit(self.once(), 0)
        daemon = self.start_run(self.cloud, "-c", self.settings, self.polled.url)
        self.rounds_pass(3)
        self.assertIn("listening on http://127.0.0.1:", daemon.stderr)
        self.assertIn("the commands beside the daemon do not find it", daemon.stderr)
        self.stop_run(daemon)


if __name__ == "__main__":
    main()
