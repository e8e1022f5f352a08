#!/usr/bin/python3
"""Holds every golden rollup against docs/rollup.schema.json, and checks that the schema refuses broken ones."""

import copy
import json
import pathlib
import sys

from jsonschema import Draft202012Validator

GOLDEN = pathlib.Path(__file__).resolve().parent
SCHEMA = GOLDEN.parent.parent / "docs" / "rollup.schema.json"
REMOVED = object()

# What is changed in rollup_full.json, where node 0 is ok and node 2 is not: path, new value.
BROKEN = [
    ("timestamp", "2026-11-22T17:05:00Z"),
    ("timestamp", "2026-11-22T25:05:00.000Z"),
    ("timestamp", REMOVED),
    ("edge_nodes", -1),
    ("total_records", 1.5),
    ("total_records", "8064"),
    ("total_records", 2**64),
    ("data_quality_score", 1.01),
    ("data_quality_score", None),
    ("node_data", {}),
    ("node_data.0.record_count", REMOVED),
    ("node_data.0.last_updated", REMOVED),
    ("node_data.0.status", "ok"),
    ("node_data.0.status", "error"),
    ("node_data.0.node", "pump 1"),
    ("node_data.0.freshness", "rotten"),
    ("node_data.0.error_kind", "dns"),
    ("node_data.0.latency_ms", -1),
    ("node_data.0.labels.site", 1),
    ("node_data.0.labels", {}),
    ("node_data.2.error_kind", "http"),
    ("node_data.2.error_message", REMOVED),
    ("node_data.2.error_message", "x" * 257),
    ("node_data.2.error_code", "503"),
    ("node_data.2.record_count", 1),
    ("node_data.2.status", "success"),
    ("rollup.version", 2),
    ("rollup.id", None),
    ("rollup.id", "5f0c2a6e-3b1d-4c8f-a9e7-1d2c3b4a5f60"),
    ("rollup.stream", "019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a55"),
    ("rollup.sequence", 0),
    ("rollup.stream_reason", "old"),
    ("rollup.instance", "x"),
    ("rollup.trigger", "cron"),
    ("rollup.scheduled", ""),
    ("rollup.partial", False),
    ("rollup.clock", REMOVED),
    ("rollup.record_kind", "sum"),
    ("rollup.detail", "all"),
    ("rollup.coverage.skipped", REMOVED),
    ("rollup.quality.min", "0.9"),
    ("rollup.lost.ranges", [{"from": 1, "to": 2, "reason": "bored"}]),
    ("rollup.lost.ranges", [{"from": 0, "to": 2, "reason": "disk"}]),
    ("rollup.health.disk_free_bytes", -1),
]

# Additions that the format promises to be harmless.
ADDITIVE = [("extra", 1), ("node_data.0.extra", None), ("rollup.extra", {}), ("rollup.health.extra", []),
            ("delivery", {"verdict": "delivered", "status": 202, "ms": 41.0})]


def changed(document, path, value):
    result = copy.deepcopy(document)
    *parents, last = path.split(".")
    target = result
    for key in parents:
        target = target[int(key) if isinstance(target, list) else key]
    if value is REMOVED:
        del target[last]
    else:
        target[last] = value
    return result


def mistakes():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)

    goldens = sorted(GOLDEN.glob("rollup_*.json"))
    if not goldens:
        yield "there is no golden rollup"
    for golden in goldens:
        for error in validator.iter_errors(json.loads(golden.read_text(encoding="utf-8"))):
            yield f"{golden.name}: {error.json_path}: {error.message}"

    full = json.loads((GOLDEN / "rollup_full.json").read_text(encoding="utf-8"))
    for path, value in BROKEN:
        if validator.is_valid(changed(full, path, value)):
            told = "removed" if value is REMOVED else f"= {value!r:.60}"
            yield f"the schema accepts a rollup with {path} {told}"
    for path, value in ADDITIVE:
        for error in validator.iter_errors(changed(full, path, value)):
            yield f"the schema refuses the addition {path}: {error.message}"


if __name__ == "__main__":
    found = list(mistakes())
    for mistake in found:
        print(mistake, file=sys.stderr)
    sys.exit(1 if found else 0)
