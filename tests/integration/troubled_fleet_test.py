"""A thousand nodes of which a tenth refuses and a tenth hangs: rounds of about one timeout that cost nothing lasting."""

import os
import statistics

from harness import IntegrationTest, main
from peers import free_port, new_address
from program import wait_until

HEALTHY, REFUSING, HANGING = 800, 100, 100
ROUNDS = 200
TIMEOUT_MS = 400
USUAL_ROUND_MS = 1.5 * TIMEOUT_MS
LONGEST_ROUND_MS = TIMEOUT_MS + 2000  # where the machine was busy with something else
SETTLED = 20  # rounds after which nothing may grow any more
WINDOW = 30  # rounds to look at, then and at the end
MOST_GROWTH = 2 * 1024 * 1024
RUN_LIMIT = 240  # seconds


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as pages:
        return int(pages.read().split()[1]) * os.sysconf("SC_PAGESIZE")


class TroubledFleet(IntegrationTest):
    def watch(self, daemon, cloud):
        """(rollups so far, resident bytes, descriptors) at each new one until the daemon ends."""
        samples = [(0, 0, 0)]

        def ended():
            rollups = len(cloud.received)
            if not daemon.running:
                return True
            if rollups == samples[-1][0]:
                return False
            try:
                samples.append((rollups, resident_bytes(daemon.pid), len(os.listdir(f"/proc/{daemon.pid}/fd"))))
            except (FileNotFoundError, IndexError, ProcessLookupError):
                return True  # it ended meanwhile
            return False

        wait_until(ended, "the rounds are over", RUN_LIMIT)
        return samples

    def test_two_hundred_rounds_are_on_time_and_leave_nothing_behind(self):
        summaries = [
            {"record_count": self.random.randrange(10**9), "quality_score": self.random.randrange(10**4) / 10**4}
            for _ in range(HEALTHY)
        ]
        healthy = self.nginx(*summaries).urls
        port = free_port(new_address())
        refusing = [f"http://{new_address()}:{port}" for _ in range(REFUSING)]
        hanging = self.stub_nodes("hang", HANGING)
        urls = healthy + refusing + hanging
        self.random.shuffle(urls)
        cloud = self.cloud()
        flags = ("--interval", "0s", "--rounds", ROUNDS, "--timeout", f"{TIMEOUT_MS}ms")
        daemon = self.start_run(cloud, "--nodes", self.nodes_file(urls), *flags)
        samples = self.watch(daemon, cloud)
        self.assert_exit(daemon, 0)

        self.assert_delivered_in_order(cloud)
        self.assertEqual(len(cloud.accepted), ROUNDS)
        records = sum(each["record_count"] for each in summaries)
        for each in cloud.accepted:
            coverage = each.rollup["coverage"]
            self.assertEqual((coverage["ok"], coverage["failed"]), (HEALTHY, REFUSING + HANGING))
            self.assertEqual(each.json["total_records"], records)
            kinds = [entry.get("error_kind") for entry in each.json["node_data"]]
            self.assertEqual((kinds.count("connect"), kinds.count("timeout")), (REFUSING, HANGING))
        took = [each.rollup["round_ms"] for each in cloud.accepted]
        self.assertLessEqual(statistics.median(took), USUAL_ROUND_MS)
        self.assertLessEqual(max(took), LONGEST_ROUND_MS)

        def window(first):
            return [sample for sample in samples if first <= sample[0] < first + WINDOW]

        settled, last = window(SETTLED), window(ROUNDS - WINDOW)
        memory = [max(resident for _, resident, _ in part) for part in (settled, last)]
        self.assertLessEqual(memory[1] - memory[0], MOST_GROWTH, memory)
        # The least: a look may fall into the next round, which has connections of its own to those that hang.
        descriptors = [min(count for _, _, count in part) for part in (settled, last)]
        self.assertAlmostEqual(*descriptors, delta=2)


if __name__ == "__main__":
    main()
