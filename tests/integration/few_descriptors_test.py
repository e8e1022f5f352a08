"""A thousand nodes where the process may open 64 files: every node is asked, the store and the cloud keep their part."""

import json
import resource

from harness import IntegrationTest, main

NODES = 1000
ROUNDS = 3
LIMIT = 64


class FewDescriptors(IntegrationTest):
    def limited(self):
        resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, LIMIT))

    def test_every_node_is_asked_and_every_rollup_is_stored_and_delivered(self):
        nodes = self.nodes_file(self.stub_nodes("ok", count=NODES))
        cloud = self.cloud()
        for interval in ("1s", "300s"):  # connections are kept, or not
            with self.subTest(interval=interval):
                rounds = ROUNDS if interval == "1s" else 1
                self.state_dir = self.directory / f"state-{interval}"
                cloud.received.clear()
                daemon = self.start_run(
                    cloud, "--nodes", nodes, "--interval", interval, "--rounds", rounds, preexec=self.limited
                )
                self.assert_exit(daemon, 0)
                self.assertEqual([each.rollup["coverage"]["ok"] for each in cloud.accepted], [NODES] * rounds)
                self.assert_delivered_in_order(cloud)

    def test_silent_nodes_take_no_descriptor_from_the_others_for_longer_than_their_timeout(self):
        healthy = self.stub_nodes("ok", count=100)
        silent = self.stub_nodes("hang", count=20)
        once = self.finish(
            "once", "--dry-run", "--json", "--timeout", "2s", *silent, *healthy, preexec=self.limited
        )
        self.assert_exit(once, 0)
        coverage = json.loads(once.stdout)["rollup"]["coverage"]
        self.assertEqual((coverage["ok"], coverage["failed"]), (100, 20))


if __name__ == "__main__":
    main()
