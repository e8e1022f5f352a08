"""Signals: a round is cut short, kept and delivered; a second signal ends at once."""

import signal
import time

from harness import IntegrationTest, entries_by_url, main
from peers import never, summary
from program import wait_until

GRACE = 10.0  # seconds, the default of shutdown_grace
MARGIN = 5.0  # for a busy machine


class Shutdown(IntegrationTest):
    def start_with_a_hanging_node(self, cloud):
        self.healthy = self.node(summary(4160, 0.981))
        self.hanging = self.node(never)
        daemon = self.start_run(cloud, "--interval", "60s", "--timeout", "30s", self.healthy.url, self.hanging.url)
        wait_until(lambda: self.healthy.requests and self.hanging.requests, "both nodes are asked")
        return daemon

    def assert_partial(self, received):
        self.assert_valid_rollup(received.json)
        self.assertIs(received.rollup["partial"], True)
        entries = entries_by_url(received.json)
        self.assertEqual(entries[self.healthy.url]["status"], "success")
        self.assertEqual(entries[self.hanging.url]["error_kind"], "cancelled")
        self.assertEqual(received.json["total_records"], 4160)

    def test_a_signal_during_a_round_delivers_what_there_is(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number.name):
                self.state_dir = self.directory / number.name
                cloud = self.cloud()
                daemon = self.start_with_a_hanging_node(cloud)
                daemon.signal(number)
                self.assertEqual(daemon.wait(GRACE + MARGIN), 0)
                (received,) = cloud.accepted
                self.assert_partial(received)

    def test_without_the_cloud_the_partial_rollup_waits_for_the_next_start(self):
        cloud = self.cloud()
        cloud.stop()
        daemon = self.start_with_a_hanging_node(cloud)
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(GRACE + MARGIN), 0)
        cloud.start()
        daemon = self.start_run(cloud, "--interval", "60s", self.healthy.url)
        wait_until(lambda: len(cloud.accepted) >= 2, "the kept rollup and a new one arrive")
        self.stop_run(daemon)
        self.assert_partial(cloud.accepted[0])
        self.assert_delivered_in_order(cloud)

    def test_a_second_signal_ends_it_at_once(self):
        async def no_verdict(_received):
            await never(None)

        cloud = self.cloud(no_verdict)
        node = self.node(summary(4160, 0.981))
        daemon = self.start_run(cloud, "--interval", "60s", node.url)
        wait_until(lambda: cloud.received, "a rollup is offered")
        said = len(daemon.stderr)
        daemon.signal(signal.SIGTERM)
        wait_until(lambda: len(daemon.stderr) > said, "the daemon tells that it stops")
        self.assertTrue(daemon.running)
        began = time.monotonic()
        daemon.signal(signal.SIGTERM)
        daemon.wait(MARGIN)
        self.assertLess(time.monotonic() - began, MARGIN)

        cloud.verdict = lambda received: 202
        daemon = self.start_run(cloud, "--interval", "60s", node.url)
        wait_until(lambda: len(cloud.accepted) >= 2, "the kept rollup arrives")
        self.stop_run(daemon)
        self.assert_delivered_in_order(cloud)

    def test_ctrl_c_ends_a_one_shot_command_with_130(self):
        hanging = self.node(never)
        once = self.start("once", "--dry-run", "--timeout", "30s", hanging.url)
        wait_until(lambda: hanging.requests, "the node is asked")
        once.signal(signal.SIGINT)
        self.assertEqual(once.wait(MARGIN), 130)


if __name__ == "__main__":
    main()
