"""At short intervals every node is asked on one connection, round after round."""

from harness import IntegrationTest, main

NODES = 20
ROUNDS = 5


class KeepAlive(IntegrationTest):
    def test_each_node_sees_one_connection_over_five_rounds(self):
        nginx = self.nginx(*[{"record_count": 1, "quality_score": 1}] * NODES)
        cloud = self.cloud()
        daemon = self.start_run(
            cloud, "--nodes", self.nodes_file(nginx.urls), "--interval", "200ms", "--rounds", ROUNDS
        )
        self.assertEqual(daemon.wait(), 0)
        self.assertEqual([each.rollup["coverage"]["ok"] for each in cloud.accepted], [NODES] * ROUNDS)
        seen = nginx.connections()
        self.assertEqual(set(seen), set(nginx.addresses))
        for address, connections in seen.items():
            self.assertEqual((address, len(connections), len(set(connections))), (address, ROUNDS, 1))


if __name__ == "__main__":
    main()
