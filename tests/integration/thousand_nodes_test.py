"""Twenty rounds over a thousand nginx addresses: every total exact, every sequence there."""

from harness import IntegrationTest, main

NODES = 1000
ROUNDS = 20


class ThousandNodes(IntegrationTest):
    def test_twenty_rounds_are_exact_and_numbered_without_a_gap(self):
        summaries = [
            {"record_count": self.random.randrange(10**9), "quality_score": self.random.randrange(10**4) / 10**4}
            for _ in range(NODES)
        ]
        nginx = self.nginx(*summaries)
        cloud = self.cloud()
        nodes = self.nodes_file(nginx.urls)
        daemon = self.start_run(cloud, "--nodes", nodes, "--interval", "1s", "--rounds", ROUNDS)
        self.assertEqual(daemon.wait(limit=120), 0)

        self.assertEqual([each.sequence for each in cloud.received], list(range(1, ROUNDS + 1)))
        self.assert_delivered_in_order(cloud)
        records = sum(each["record_count"] for each in summaries)
        quality = sum(each["quality_score"] for each in summaries) / NODES
        for each in cloud.received:
            self.assertEqual((each.json["edge_nodes"], each.json["total_records"]), (NODES, records))
            self.assertAlmostEqual(each.json["data_quality_score"], quality, places=12)
            coverage = each.rollup["coverage"]
            self.assertEqual([coverage[key] for key in ("expected", "ok", "failed", "skipped")], [NODES, NODES, 0, 0])
            self.assertEqual([entry["node_url"] for entry in each.json["node_data"]], nginx.urls)
        self.assertEqual(cloud.received[0].rollup["trigger"], "start")
        self.assertEqual({each.rollup["trigger"] for each in cloud.received[1:]}, {"timer"})
        self.assert_valid_rollup(cloud.received[0].json)
        self.assert_valid_rollup(cloud.received[-1].json)


if __name__ == "__main__":
    main()
