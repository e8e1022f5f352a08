"""`edge-rollup outbox` and `identity`: beside a running daemon, without one, as root on a service's store, and where there
is nothing."""

import json
import os
import sqlite3
import stat
import unittest

from harness import IntegrationTest, main
from peers import summary
from program import wait_until

ROUNDS = 5
POISON = (2, 3)
SERVICE_USER = 4242


class OutboxCommand(IntegrationTest):
    def command(self, *words, code=0):
        """What a command says on standard output."""
        program = self.finish(*words, "--state-dir", self.state_dir)
        self.assert_exit(program, code)
        self.complaint = program.stderr
        return program.stdout

    def listed(self):
        return json.loads(self.command("outbox", "list", "--json"))

    def states(self):
        return {entry["sequence"]: entry["state"] for entry in self.listed()["entries"]}

    def fill(self, cloud):
        """Rollups that wait, since nothing takes them."""
        node = self.node(summary(4160, 0.981))
        self.fill_from = node.url
        for _ in range(ROUNDS):
            once = self.finish("once", "--cloud", cloud.endpoint, "--state-dir", self.state_dir, node.url)
            self.assert_exit(once, 75)

    def unreachable(self):
        cloud = self.cloud()
        cloud.stop()
        return cloud

    def test_without_a_daemon(self):
        self.fill(self.unreachable())
        self.assertEqual(self.states(), {sequence: "pending" for sequence in range(1, ROUNDS + 1)})
        table = self.command("outbox", "list").splitlines()
        self.assertRegex(table[0], "^SEQ +STATE +STORED +TRIES +ANSWER +ID$")
        self.assertEqual(len(table), 1 + ROUNDS + 2)
        self.assertRegex(table[-1], f"^outbox  {ROUNDS} waiting, 0 dead, .* in {self.state_dir}$")

        body = self.command("outbox", "show", "4", "--json")
        self.assert_valid_rollup(json.loads(body))
        page = self.command("outbox", "show", "4")
        self.assertTrue(page.startswith("rollup  4, pending\n"), page)
        self.assertRegex(self.command("outbox", "show", "1"), r"\nanswer  none: .*refused")
        self.assertEqual(json.loads(page[page.index("{") :]), json.loads(body))

        file = self.directory / "copy.jsonl"
        file.write_text("older")
        self.assertEqual(self.command("outbox", "export", file, code=64), "")
        self.assertIn(f"{file} is there already", self.complaint)
        self.assertEqual(file.read_text(), "older")
        file.unlink()
        self.assertEqual(self.command("outbox", "export", file), "")
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        self.assertEqual([line["sequence"] for line in lines], list(range(1, ROUNDS + 1)))
        self.assertEqual(lines[3]["body"], json.loads(body))
        self.assertEqual(self.command("outbox", "export", "-"), file.read_text())
        self.assertEqual([each.name for each in self.directory.glob("copy*")], ["copy.jsonl"])

        self.assertEqual(self.command("outbox", "retry", "4"), "0 requeued; rollup 4 is pending: it is offered anyway\n")
        self.assertEqual(self.command("outbox", "retry", "4-77", "--json"), '{"requeued":0}\n')
        for words in (("retry", "--all-dead"), ("drop", "--all-dead", "--yes")):
            self.assertRegex(self.command("outbox", *words), f"^0 [a-z]+; no dead letter in {self.state_dir}\n$")

        self.assertEqual(self.command("outbox", "drop", "2-3", code=64), "")
        self.assertIn("--yes", self.complaint)
        self.assertEqual(self.command("outbox", "drop", "2-3", "--yes", "--json"), '{"dropped":2}\n')
        self.assertEqual(sorted(self.states()), [1, 4, 5])
        cloud = self.cloud()
        for _ in range(2):
            self.finish("once", "--cloud", cloud.endpoint, "--state-dir", self.state_dir, self.fill_from)
        losses = {"total": 2, "ranges": [{"from": 2, "to": 3, "reason": "operator"}]}
        self.assertEqual(cloud.accepted[-1].rollup["lost"], losses)
        self.assertEqual([each.sequence for each in cloud.accepted], [1, 4, 5, 6, 7])

    def test_beside_a_running_daemon_that_offers_a_requeued_dead_letter_soon(self):
        node = self.node(summary(4160, 0.981))
        mended = []
        cloud = self.cloud(lambda received: 422 if received.sequence in POISON and not mended else 202)
        daemon = self.start_run(cloud, "--interval", "0s", "--rounds", ROUNDS, node.url)
        self.assert_exit(daemon, 0)
        daemon = self.start_run(cloud, "--interval", "1h", node.url)
        wait_until(lambda: cloud.accepted[-1].sequence == ROUNDS + 1, "its own rollup is delivered")
        wait_until(lambda: self.states() == {sequence: "dead" for sequence in POISON}, "only the poison is left")

        entries = {entry["sequence"]: entry for entry in self.listed()["entries"]}
        self.assertEqual(entries[2]["last_answer"]["status"], 422)
        self.assertRegex(self.command("outbox", "show", "2"), r"\nanswer  422 ")
        mended.append(True)
        self.assertIn("1 requeued", self.command("outbox", "retry", "3"))
        wait_until(lambda: self.states() == {2: "dead"}, "the requeued one is delivered")
        self.assertIn("1 dropped", self.command("outbox", "drop", "--all-dead", "--yes"))
        self.assertEqual(self.states(), {})
        self.assertTrue(daemon.running)
        self.stop_run(daemon)
        self.assertEqual(cloud.accepted[-1].sequence, 3)
        self.assert_one_body_each(cloud.received)

    def test_a_store_that_was_copied_to_another_machine_begins_a_stream(self):
        cloud = self.unreachable()
        self.fill(cloud)
        before = json.loads(self.command("identity", "show", "--json"))
        with sqlite3.connect(self.state_dir / "outbox.db") as store:
            machine = store.execute("SELECT machine FROM meta").fetchone()[0]
            self.assertNotEqual(machine, "", "this machine says nothing of itself")
            store.execute("UPDATE meta SET machine = 'another ff:ff:ff:ff:ff:01'")
        store.close()
        self.assert_exit(
            self.finish("once", "--cloud", cloud.endpoint, "--state-dir", self.state_dir, self.fill_from), 75
        )
        rollup = json.loads(self.command("outbox", "show", str(ROUNDS + 1), "--json"))["rollup"]
        self.assertEqual((rollup["stream_reason"], rollup["previous_stream"]), ("moved", before["stream"]))
        self.assertNotEqual(rollup["stream"], before["stream"])

    def test_a_new_stream_beside_a_running_daemon(self):
        node = self.node(summary(4160, 0.981))
        cloud = self.cloud()
        daemon = self.start_run(cloud, "--interval", "200ms", node.url)
        wait_until(lambda: len(cloud.accepted) >= 2, "the old stream is under way")
        before = json.loads(self.command("identity", "show", "--json"))
        self.assertEqual(set(before), {
            "gateway", "kept_gateway", "stream", "stream_reason", "previous_stream", "next_sequence", "directory"
        })  # fmt: skip
        self.assertEqual(before["gateway"], before["kept_gateway"])
        settings = self.directory / "named.yaml"
        settings.write_text(f"gateway: north-7\nstate_dir: {self.state_dir}\n")
        named = self.finish("identity", "show", "-c", settings)
        self.assertIn("gateway    north-7\n", named.stdout)
        self.assertIn(f"kept       {before['kept_gateway']}, but the settings name it\n", named.stdout)
        self.assertEqual(self.command("identity", "new", code=64), "")
        self.assertIn("--yes", self.complaint)
        after = json.loads(self.command("identity", "new", "--yes", "--json"))
        self.assertEqual((after["stream_reason"], after["previous_stream"]), ("operator", before["stream"]))
        self.assertIn(f"stream     {after['stream']}\n", self.command("identity", "show"))
        wait_until(lambda: f"numbered in stream {after['stream']}" in daemon.stderr, "the daemon tells of it")

        def tells():
            return [each.rollup for each in cloud.accepted if each.rollup["stream"] == after["stream"]]

        wait_until(lambda: len(tells()) >= 4, "the new stream is under way")
        self.stop_run(daemon)
        self.assertEqual((tells()[0]["stream_reason"], tells()[0]["previous_stream"]), ("operator", before["stream"]))
        self.assertNotIn("stream_reason", tells()[-1])
        names = [(each.rollup["stream"], each.sequence) for each in cloud.accepted]
        self.assertEqual(len(set(names)), len(names))

    @unittest.skipUnless(os.geteuid() == 0, "only root can act for others")
    def test_root_leaves_a_service_its_files(self):
        self.fill(self.unreachable())
        for file in (self.state_dir, *self.state_dir.iterdir()):
            os.chown(file, SERVICE_USER, SERVICE_USER)
        for words in (("list",), ("retry", "--all-dead"), ("drop", "1", "--yes")):
            self.command("outbox", *words)
            for file in (self.state_dir, *self.state_dir.iterdir()):
                self.assertEqual((file.stat().st_uid, file.stat().st_gid), (SERVICE_USER, SERVICE_USER), file)

    def test_mistakes_are_told_in_one_line(self):
        nothing = self.directory / "nothing"
        self.fill(self.unreachable())
        rows = [
            (("outbox",), 64, "list, show, retry, drop or export"),
            (("outbox", "lst"), 64, "did you mean 'list'"),
            (("outbox", "show"), 64, "SEQ"),
            (("outbox", "show", "0"), 64, "'0' is not a sequence"),
            (("outbox", "show", "99"), 66, "no rollup 99"),
            (("outbox", "retry"), 64, "--all-dead"),
            (("outbox", "retry", "5-2"), 64, "write 2-5"),
            (("outbox", "retry", "2", "--all-dead"), 64, "--all-dead"),
            (("outbox", "retry", "77"), 66, "no such rollup 77"),
            (("outbox", "retry", "77-78"), 66, "no such rollups from 77 to 78"),
            (("outbox", "drop", "77", "--yes"), 66, "no such rollup 77"),
            (("outbox", "export", "/dev/null"), 64, "/dev/null"),
            (("outbox", "export", f"{nothing}/file"), 66, f"{nothing}/file"),
            (("identity", "knew"), 64, "did you mean 'new'"),
        ]
        for words, code, told in rows:
            with self.subTest(" ".join(words)):
                program = self.finish(*words, "--state-dir", self.state_dir) if words[1:] else self.finish(*words)
                self.assertEqual((program.wait(), program.stdout), (code, ""), program.report())
                self.assertEqual(program.stderr.count("\n"), 1)
                self.assertIn(told, program.stderr)

    def test_where_nothing_ever_ran_nothing_is_made(self):
        empty = self.directory / "empty"
        empty.mkdir()
        for place in (empty, self.directory / "missing"):
            for words in (("outbox", "list"), ("identity", "new", "--yes")):
                with self.subTest(f"{words} {place.name}"):
                    program = self.finish(*words, "--state-dir", place)
                    self.assertEqual((program.wait(), program.stderr.count("\n")), (66, 1), program.report())
                    self.assertIn(str(place), program.stderr)
        self.assertEqual(list(empty.iterdir()), [])
        self.assertFalse((self.directory / "missing").exists())

    def test_the_progress_of_a_long_export_is_shown_on_a_terminal(self):
        waiting = ("--rounds", "300", "--interval", "0s", "--set", "shutdown_grace=0s", self.node(summary(5, 0.5)).url)
        self.start_run(self.unreachable(), *waiting).wait()
        export = ("outbox", "export", self.directory / "copy.jsonl", "--state-dir", self.state_dir)
        self.assertEqual(self.progress_on_terminal(*export), ["exporting 256 of 300"])

    def test_the_progress_of_long_changes_is_shown_on_a_terminal(self):
        self.fill(self.unreachable())
        with sqlite3.connect(self.state_dir / "outbox.db") as store:
            columns = "id, stored_at, state, tries, troubled_tries, troubled_ms, raw_bytes, checksum, body"
            copied = columns.replace("id", "id || number.value").replace("state", "'dead'")
            store.execute(
                f"INSERT INTO rollup (sequence, {columns}) SELECT 1000 + number.value, {copied} FROM rollup,"
                " (WITH RECURSIVE number(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM number LIMIT 1100)"
                " SELECT value FROM number) AS number WHERE sequence = 1"
            )
        store.close()
        for words, doing in ((("retry", "--all-dead"), "requeueing"), (("drop", "1000-2100", "--yes"), "dropping")):
            steps = [f"{doing} {done} of 1 100" for done in ("500", "1 000", "1 100")]
            asked = ("outbox", *words, "--state-dir", self.state_dir)
            self.assertEqual(self.progress_on_terminal(*asked), steps)
        self.assertEqual(sorted(self.states()), list(range(1, ROUNDS + 1)))

    def test_help_names_every_action(self):
        text = self.finish("outbox", "--help").stdout
        for action in ("list", "show", "retry", "drop", "export"):
            self.assertIn(f"  {action} ", text)
        self.assertIn("edge-rollup outbox drop", self.finish("outbox", "drop", "--help").stdout)


if __name__ == "__main__":
    main()
