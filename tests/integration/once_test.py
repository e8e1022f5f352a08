"""`once --dry-run` against plain nginx: the table, the totals, the JSON body."""

import json
import re

from harness import IntegrationTest, main
from peers import free_port, new_address, summary

GOOD = {"record_count": 4160, "quality_score": 0.981, "last_updated": "2026-11-22T17:04:51Z"}


def dead_url():
    address = new_address()
    return f"http://{address}:{free_port(address)}"


class OnceDryRun(IntegrationTest):
    def test_one_node_prints_a_table_and_the_totals(self):
        (url,) = self.nginx(GOOD).urls
        once = self.finish("once", "--dry-run", url)
        self.assert_exit(once, 0)
        lines = once.stdout.splitlines()
        self.assertEqual(lines[0].split(), ["NODE", "STATUS", "RECORDS", "QUALITY", "UPDATED", "TIME"])
        self.assertRegex(lines[1], r"^\S+\s+ok\s+4\s160\s+0\.981\s.+\s\d+(\.\d+)? ms$")
        totals = [line for line in lines if line.startswith("rollup")]
        self.assertEqual(len(totals), 1)
        self.assertRegex(totals[0], r"^rollup  1 of 1 nodes, 4\s160 records, quality 0\.981$")

    def test_a_dead_node_is_shown_with_its_reason_and_is_no_error(self):
        urls = self.nginx(GOOD, GOOD).urls
        dead = dead_url()
        once = self.finish("once", "--dry-run", *urls, dead)
        self.assert_exit(once, 0)
        row = next(line for line in once.stdout.splitlines() if dead.removeprefix("http://") in line)
        self.assertRegex(row, r"\serror\s+-\s+-\s+-\s")
        self.assertRegex(once.stdout, re.compile("refused", re.IGNORECASE))
        self.assertRegex(once.stdout, r"(?m)^rollup  2 of 3 nodes, 8\s320 records, quality 0\.981$")

    def test_json_is_the_rollup_body_without_an_identity(self):
        nginx = self.nginx(GOOD, {"record_count": 2**64 - 1 - 4160, "quality_score": 0, "last_updated": None})
        once = self.finish("once", "--dry-run", "--json", *nginx.urls, dead_url())
        self.assert_exit(once, 0)
        body = json.loads(once.stdout)
        self.assert_valid_rollup(body)
        self.assertEqual((body["edge_nodes"], body["total_records"]), (3, 2**64 - 1))
        self.assertAlmostEqual(body["data_quality_score"], 0.981 / 2)
        self.assertEqual([entry["status"] for entry in body["node_data"]], ["success", "success", "error"])
        self.assertEqual(body["node_data"][2]["error_kind"], "connect")
        rollup = body["rollup"]
        self.assertEqual([rollup[key] for key in ("id", "stream", "sequence")], [None, None, None])
        self.assertEqual((rollup["trigger"], rollup["scheduled"]), ("once", None))
        self.assertFalse(self.state_dir.exists())

    def test_a_path_in_the_url_goes_before_the_summary_path(self):
        asked = []

        def answer(request):
            asked.append(request.path_qs)
            return summary(5, 0.5)(request)

        node = self.node(answer)
        self.assert_exit(self.finish("once", "--dry-run", node.url + "/site/7/"), 0)
        self.assertEqual(asked, ["/site/7/data/summary"])


class OnceDelivery(IntegrationTest):
    def test_the_rollup_is_stored_delivered_and_told(self):
        cloud = self.cloud()
        (url,) = self.nginx(GOOD).urls
        once = self.finish("once", url, "--cloud", cloud.endpoint, "--state-dir", self.state_dir)
        self.assert_exit(once, 0)
        (received,) = cloud.received
        self.assert_valid_rollup(received.json)
        self.assert_delivered_in_order(cloud)
        self.assertEqual(received.path, "/v1/rollups")
        self.assertEqual(received.headers["Content-Type"], "application/json")
        self.assertRegex(received.headers["User-Agent"], r"^edge-rollup/\d+\.\d+\.\d+$")
        self.assertIn("Date", received.headers)
        sent = next(line for line in once.stdout.splitlines() if line.startswith("sent"))
        self.assertRegex(sent, rf"{re.escape(cloud.endpoint)}  202 in .+ m?s  id {received.id}$")

    def test_json_tells_the_delivery_too(self):
        cloud = self.cloud()
        (url,) = self.nginx(GOOD).urls
        once = self.finish("once", "--json", url, "--cloud", cloud.endpoint, "--state-dir", self.state_dir)
        self.assert_exit(once, 0)
        body = json.loads(once.stdout)
        delivery = body.pop("delivery")
        self.assertEqual((delivery["verdict"], delivery["status"]), ("delivered", 202))
        self.assertGreaterEqual(delivery["ms"], 0)
        self.assertEqual(body, cloud.received[0].json)

    def test_what_waits_goes_first(self):
        cloud = self.cloud(lambda received: 503)
        (url,) = self.nginx(GOOD).urls
        arguments = ("once", url, "--cloud", cloud.endpoint, "--state-dir", self.state_dir)
        self.assert_exit(self.finish(*arguments), 75)
        cloud.verdict = lambda received: 202
        self.assert_exit(self.finish(*arguments), 0)
        self.assertEqual([each.sequence for each in cloud.accepted], [1, 2])
        self.assert_delivered_in_order(cloud)


if __name__ == "__main__":
    main()
