"""Nodes that hang, drip or flood cost their own entry and one timeout, whatever the number of slots."""

import json

from harness import IntegrationTest, entries_by_url, main

HEALTHY = 5
TIMEOUT_MS = 2000
MOST_MS = 1.5 * TIMEOUT_MS


class HostileNodes(IntegrationTest):
    def ask(self, *arguments):
        summaries = [{"record_count": 100 + number, "quality_score": 0.9} for number in range(HEALTHY)]
        healthy = self.nginx(*summaries).urls
        (hang,) = self.stub_nodes("hang")
        (drip,) = self.stub_nodes("drip")
        (huge,) = self.stub_nodes("huge")
        urls = [hang, drip, huge, *healthy]
        once = self.finish("once", "--dry-run", "--json", "--timeout", f"{TIMEOUT_MS}ms", *arguments, *urls)
        self.assert_exit(once, 0)
        body = json.loads(once.stdout)
        self.assert_valid_rollup(body)
        self.assertLessEqual(body["rollup"]["round_ms"], MOST_MS)
        entries = entries_by_url(body)
        kinds = [entries[url]["error_kind"] for url in (hang, drip, huge)]
        self.assertEqual(kinds, ["timeout", "timeout", "too_large"])
        counts = [each["record_count"] for each in summaries]
        self.assertEqual([entries[url]["record_count"] for url in healthy], counts)
        self.assertEqual(body["total_records"], sum(counts))

    def test_a_round_takes_about_one_timeout(self):
        self.ask()

    def test_a_round_takes_about_one_timeout_with_a_single_slot(self):
        self.ask("--parallel", "1")


class BadAnswers(IntegrationTest):
    ROWS = {
        "ok": None,
        "chunked": None,
        "stale": None,
        "slow-start": None,
        "close": "reset",
        "reset": "reset",
        "truncated": "reset",
        "garbage": "protocol",
        "redirect": "http_status",
        "bad-json": "bad_json",
        "bad-summary": "bad_summary",
    }

    def test_each_kind_of_bad_answer_has_its_word(self):
        urls = {behaviour: self.stub_nodes(behaviour)[0] for behaviour in self.ROWS}
        once = self.finish("once", "--dry-run", "--json", *urls.values())
        self.assert_exit(once, 0)
        body = json.loads(once.stdout)
        self.assert_valid_rollup(body)
        entries = entries_by_url(body)
        self.assertEqual({name: entries[url].get("error_kind") for name, url in urls.items()}, self.ROWS)
        self.assertEqual(entries[urls["redirect"]]["error_code"], 302)
        self.assertIn("record_count", entries[urls["bad-summary"]]["error_message"])
        self.assertEqual(entries[urls["stale"]]["freshness"], "stale")
        self.assertEqual(entries[urls["ok"]]["freshness"], "fresh")


if __name__ == "__main__":
    main()
