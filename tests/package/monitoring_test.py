#!/usr/bin/python3
"""Alert rules and dashboard: promtool agrees, every metric they use is one of the daemon, every runbook exists."""

import json
import pathlib
import re
import subprocess
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RULES = ROOT / "packaging/prometheus/edge-rollup.rules.yaml"
DASHBOARD = ROOT / "packaging/grafana/edge-rollup.json"
RUNBOOKS = ROOT / "docs/runbooks.md"

METRIC = re.compile(r"\b(?:edge_rollup|process)_[a-z0-9_]+\b")
HISTOGRAM_PART = re.compile(r"_(bucket|sum|count)$")
ALERTS = {
    "DeliveryStalled", "DeliveryHeld", "DeadLetters", "DataLost", "RunwayShort",
    "ManyNodesDown", "RoundsSkipped", "ClockUnsynchronized", "CertificateExpires", "ReloadFailed",
}


def specified_metrics():
    table = (ROOT / "docs/telemetry.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `((?:edge_rollup|process)_\w+)` \|", table, re.MULTILINE))


def anchors(page):
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}


class Monitoring(unittest.TestCase):
    def assert_exist(self, expressions):
        used = set(METRIC.findall(expressions))
        self.assertGreater(len(used), 5)
        known = specified_metrics()
        unknown = {name for name in used if name not in known and HISTOGRAM_PART.sub("", name) not in known}
        self.assertEqual(set(), unknown)

    def test_rules_are_accepted_and_do_what_they_should(self):
        for command in (["check", "rules", RULES], ["test", "rules", HERE / "rules_test.yaml"]):
            run = subprocess.run(["promtool", *command], capture_output=True, text=True)
            self.assertEqual(0, run.returncode, run.stdout + run.stderr)

    def test_rules_use_metrics_that_exist(self):
        text = RULES.read_text(encoding="utf-8")
        self.assert_exist(" ".join(re.findall(r"expr: (?:>-\n)?((?:.*\n)(?: {10}.*\n)*)", text)))

    def test_rules_have_a_time_and_a_runbook_each(self):
        text = RULES.read_text(encoding="utf-8")
        self.assertEqual(ALERTS, set(re.findall(r"- alert: (\w+)", text)))
        self.assertEqual(len(ALERTS), len(re.findall(r"^        for: \d", text, re.MULTILINE)))
        links = re.findall(r"runbook_url: file:///usr/share/doc/edge-rollup/docs/runbooks\.md#(\S+)", text)
        self.assertEqual({alert.lower() for alert in ALERTS}, set(links))
        self.assertLessEqual(set(links), anchors(RUNBOOKS))

    def test_links_within_the_runbooks_lead_somewhere(self):
        links = re.findall(r"\]\(#([^)]+)\)", RUNBOOKS.read_text(encoding="utf-8"))
        self.assertEqual(set(), set(links) - anchors(RUNBOOKS))

    def test_dashboard_uses_metrics_that_exist_and_panels_that_do_not_overlap(self):
        board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
        self.assert_exist(" ".join(target["expr"] for panel in board["panels"] for target in panel.get("targets", [])))
        cells = [(column, row) for place in (panel["gridPos"] for panel in board["panels"])
                 for column in range(place["x"], place["x"] + place["w"])
                 for row in range(place["y"], place["y"] + place["h"])]
        self.assertEqual(len(cells), len(set(cells)))


if __name__ == "__main__":
    unittest.main(verbosity=1)
