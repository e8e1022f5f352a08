"""aiohttp as a node and as the cloud, with every verdict the cloud can give."""

import datetime
import itertools
import json
import time

from aiohttp import web
from harness import IntegrationTest, main
from peers import summary
from program import wait_until


async def chunked_summary(request):
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    body = json.dumps({"record_count": 7, "quality_score": 0.5, "last_updated": now.isoformat(), "extra": [None]})
    for piece in (body[:10], body[10:]):
        await response.write(piece.encode())
    await response.write_eof()
    return response


class AiohttpNode(IntegrationTest):
    def test_a_chunked_answer_with_a_naive_isoformat_time_is_fresh(self):
        node = self.node(chunked_summary)
        once = self.finish("once", "--dry-run", "--json", node.url)
        self.assert_exit(once, 0)
        body = json.loads(once.stdout)
        self.assert_valid_rollup(body)
        (entry,) = body["node_data"]
        self.assertEqual((entry["status"], entry["record_count"], entry["freshness"]), ("success", 7, "fresh"))

    def test_rounds_share_a_connection(self):
        transports = set()

        def answer(request):
            transports.add(request.transport)  # kept, so that no later one can have the same identity
            return chunked_summary(request)

        node = self.node(answer)
        cloud = self.cloud()
        daemon = self.start_run(cloud, "--interval", "200ms", "--rounds", "5", node.url)
        self.assertEqual(daemon.wait(), 0)
        self.assertEqual(len(transports), 1)


class AiohttpCloud(IntegrationTest):
    def run_against(self, cloud):
        node = self.node(summary(4160, 0.981))
        return self.start_run(cloud, "--interval", "200ms", node.url)

    def test_503_with_retry_after_is_tried_again_when_it_says(self):
        arrivals = []

        def verdict(received):
            arrivals.append(time.monotonic())
            return (503, {"Retry-After": "1"}) if len(arrivals) == 1 else 202

        cloud = self.cloud(verdict)
        daemon = self.run_against(cloud)
        wait_until(lambda: len(cloud.accepted) >= 3, "the cloud has three rollups")
        self.stop_run(daemon)
        self.assert_delivered_in_order(cloud)
        self.assertEqual([each.sequence for each in cloud.received[:2]], [1, 1])
        self.assertGreaterEqual(arrivals[1] - arrivals[0], 1.0)

    def test_422_for_one_body_costs_only_that_one(self):
        cloud = self.cloud(lambda received: 422 if received.sequence == 2 else 202)
        daemon = self.run_against(cloud)
        wait_until(lambda: len(cloud.accepted) >= 4, "the cloud has four rollups")
        self.stop_run(daemon)
        sequences = [each.sequence for each in cloud.accepted]
        self.assertEqual(sequences, [number for number in range(1, max(sequences) + 1) if number != 2])
        offered = [each.sequence for each in cloud.received]
        self.assertNotIn(2, offered[offered.index(3) :])
        self.assert_one_body_each(cloud.received)

    def test_422_for_all_loses_nothing(self):
        cloud = self.cloud(lambda received: 422)
        daemon = self.run_against(cloud)
        wait_until(lambda: len({each.sequence for each in cloud.received}) >= 3, "three rollups were refused")
        wait_until(lambda: len(cloud.received) >= 4, "delivery tries on")
        self.assertEqual({each.sequence for each in cloud.received}, {1, 2, 3})
        cloud.verdict = lambda received: 202
        wait_until(lambda: {1, 2, 3, 4} <= {each.sequence for each in cloud.accepted}, "all of them arrive", limit=60)
        self.stop_run(daemon)
        self.assert_one_body_each(cloud.received)

    def test_401_holds_everything_until_it_is_mended(self):
        tries = itertools.count()
        cloud = self.cloud(lambda received: 401 if next(tries) < 2 else 200)
        daemon = self.run_against(cloud)
        wait_until(lambda: len(cloud.accepted) >= 3, "the cloud has three rollups")
        self.stop_run(daemon)
        self.assertEqual([each.sequence for each in cloud.received[:3]], [1, 1, 1])
        self.assert_delivered_in_order(cloud)
        self.assertIn("401", daemon.stderr)


if __name__ == "__main__":
    main()
