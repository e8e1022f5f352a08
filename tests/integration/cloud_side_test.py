"""The receiver of docs/cloud-side.md: its table and statements in a real PostgreSQL, filled by the daemon."""

import json
import os
import pathlib
import pwd
import subprocess
import unittest

from documents import named_blocks
from harness import IntegrationTest, main
from peers import summary

STATEMENTS = named_blocks("docs/cloud-side.md")


def newest_programs():
    folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    return folders[-1] if folders else None


PROGRAMS = newest_programs()


class Postgres:
    """A server of its own, reached through a socket in the test's directory. It refuses to run as root: root steps down."""

    def __init__(self, directory):
        self.directory = directory / "postgres"
        self.directory.mkdir()
        self.user = {}
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            directory.chmod(0o755)
            os.chown(self.directory, nobody.pw_uid, nobody.pw_gid)
            self.user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._run("initdb", "--auth=trust", "--no-sync", "--username=postgres", "--pgdata", self.directory / "data")
        options = f"-c listen_addresses= -c fsync=off -k {self.directory}"
        self._run("pg_ctl", "start", "--wait", "--pgdata", self.directory / "data", "--options", options,
                  "--log", self.directory / "log")

    def _run(self, program, *arguments, stdin=""):
        command = [str(word) for word in (PROGRAMS / program, *arguments)]
        run = subprocess.run(command, input=stdin, capture_output=True, text=True, cwd=self.directory, **self.user)
        if run.returncode != 0:
            raise AssertionError(f"{command}: {run.stdout}{run.stderr}")
        return run.stdout

    def execute(self, statement, **variables):
        """Rows as lists of text."""
        setting = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
        out = self._run("psql", "-h", self.directory, "-U", "postgres", "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1",
                        *setting, stdin=statement)
        return [line.split("\t") for line in out.splitlines()]

    def stop(self):
        self._run("pg_ctl", "stop", "--mode=immediate", "--pgdata", self.directory / "data")


@unittest.skipIf(PROGRAMS is None, "no PostgreSQL here")
class CloudSide(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.database = self.keep(Postgres(self.directory))
        self.database.execute(STATEMENTS["tables"])

    def store(self, body):
        self.database.execute(STATEMENTS["store"], body=body)

    def answer_rows(self, name):
        return self.database.execute(STATEMENTS[name])

    def rows(self):
        return self.database.execute("SELECT sequence, total_records FROM rollup ORDER BY sequence")

    def test_takes_what_the_daemon_sends_once_whatever_is_repeated(self):
        lost_answers = {2, 4}

        def keep(received):
            self.store(received.body.decode())
            if received.sequence in lost_answers:
                lost_answers.discard(received.sequence)
                return 503
            return 202

        cloud = self.cloud(keep)
        nodes = [self.node(summary(2**63, 0.9)).url, self.node(summary(2**63 - 1, 0.5)).url, "http://127.0.0.1:1"]
        daemon = self.start_run(cloud, "--interval", "0s", "--rounds", "6", "--set", "cloud.retry.first=50ms", *nodes)
        self.assert_exit(daemon, 0)
        self.assertEqual(8, len(cloud.received))
        self.assertEqual([[str(number), str(2**64 - 1)] for number in range(1, 7)], self.rows())
        self.assertEqual([], self.answer_rows("open-gaps"))
        self.assertEqual([], self.answer_rows("clones"))
        failed = self.answer_rows("failed-nodes")
        self.assertEqual([["127.0.0.1:1", "connect"]], [row[1:3] for row in failed])

    def test_tells_open_gaps_from_declared_ones(self):
        cloud = self.cloud(lambda received: 422 if received.sequence in {2, 3} else 202)
        self.start_run(cloud, "--interval", "0s", "--rounds", "5", self.node(summary(1, 1)).url).wait()
        for each in cloud.accepted:
            self.store(each.body.decode())
        self.assertEqual(["2", "3"], [row[1] for row in self.answer_rows("open-gaps")])

        dropped = self.finish("outbox", "drop", "3", "--yes", "--state-dir", self.state_dir)
        self.assert_exit(dropped, 0)
        requeued = self.finish("outbox", "retry", "2", "--state-dir", self.state_dir)
        self.assert_exit(requeued, 0)
        cloud.verdict = lambda received: 202
        already = len(cloud.accepted)
        self.start_run(cloud, "--interval", "0s", "--rounds", "3", self.node(summary(1, 1)).url).wait()
        for each in cloud.accepted[already:]:
            self.store(each.body.decode())
        self.assertEqual([], self.answer_rows("open-gaps"))
        self.assertEqual([["3", "3", "operator"]],
                         self.database.execute("SELECT from_sequence, to_sequence, reason FROM lost"))

    def test_shows_a_cloned_disk_and_a_silent_gateway_and_leaves_tests_alone(self):
        cloud = self.cloud()
        self.start_run(cloud, "--interval", "5m", "--rounds", "1", self.node(summary(1, 1)).url).wait()
        body = cloud.accepted[0].json
        self.store(json.dumps(body))
        body["rollup"].update(id="019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a55", instance="3e9bfa5e-44b5-4a4e-8d3c-0e1a5c7a9b1d")
        self.store(json.dumps(body))
        self.assertEqual([[body["rollup"]["stream"], "1", "2"]], self.answer_rows("clones"))

        body["rollup"].update(test=True, id=None, stream=None, sequence=None)
        self.store(json.dumps(body))
        self.assertEqual(2, len(self.rows()))

        self.assertEqual([], self.answer_rows("silent"))
        self.database.execute("UPDATE rollup SET received_at = now() - interval '1 day'")
        self.assertEqual([body["rollup"]["gateway"]], [row[0] for row in self.answer_rows("silent")])


if __name__ == "__main__":
    main()
