"""The cloud is off for ten rounds, the daemon killed twice meanwhile: nothing is lost, doubled or out of
order. Nor where its store is removed under it."""

from harness import IntegrationTest, main
from peers import summary
from program import wait_until

ROUNDS_OFF = 10
ROUNDS_AFTER = 3


class Outage(IntegrationTest):
    def test_a_store_that_is_removed_under_the_daemon_is_written_anew(self):
        node = self.node(summary(4160, 0.981))
        cloud = self.cloud()
        cloud.stop()
        arguments = ("--interval", "100ms", "--timeout", "100ms", node.url)
        daemon = self.start_run(cloud, *arguments)
        wait_until(lambda: node.requests >= 3, "some rollups wait")
        for file in self.state_dir.glob("outbox.db*"):
            file.unlink()
        wait_until(lambda: "is written anew" in daemon.stderr, "the store is there again")
        daemon.process.kill()
        daemon.wait()

        daemon = self.start_run(cloud, *arguments)
        cloud.start()
        wait_until(lambda: len(cloud.accepted) >= 5, "what waited arrives", limit=60)
        self.stop_run(daemon)
        self.assert_delivered_in_order(cloud)
        self.assertEqual({each.rollup["lost"]["total"] for each in cloud.accepted}, {0})

    def test_every_rollup_arrives_in_order_after_an_outage_with_two_kills(self):
        node = self.node(summary(4160, 0.981))
        cloud = self.cloud()
        cloud.stop()
        arguments = ("--interval", "100ms", "--timeout", "100ms", node.url)
        kills = sorted(self.random.sample(range(2, ROUNDS_OFF, 2), 2))
        for polls in kills:
            daemon = self.start_run(cloud, *arguments)
            wait_until(lambda: node.requests >= polls, f"the node was asked {polls} times")
            daemon.process.kill()
            daemon.wait()
        daemon = self.start_run(cloud, *arguments)
        wait_until(lambda: node.requests >= ROUNDS_OFF, f"{ROUNDS_OFF} rounds passed without the cloud")
        polled_without_cloud = node.requests

        cloud.start()
        # A kill may cost the round it hits, and only that.
        stored = polled_without_cloud - len(kills) + ROUNDS_AFTER
        wait_until(lambda: len(cloud.accepted) >= stored, f"{stored} rollups arrived", limit=60)
        self.stop_run(daemon)

        self.assert_delivered_in_order(cloud)
        self.assertEqual(len({each.rollup["instance"] for each in cloud.accepted}), 1 + len(kills))
        for each in cloud.accepted:
            self.assertEqual(each.rollup["lost"], {"total": 0, "ranges": []})
        self.assertGreaterEqual(max(each.rollup["health"]["pending"] for each in cloud.accepted), ROUNDS_OFF - 4)


if __name__ == "__main__":
    main()
