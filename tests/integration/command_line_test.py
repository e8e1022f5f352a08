"""The command line: exit codes, messages that help, what goes to which stream."""

import json
import os
import pty
import subprocess

from harness import IntegrationTest, main
from peers import free_port, new_address, summary
from program import EDGE_ROLLUP, EDGE_STUB, wait_until

ESCAPE = "\x1b"
NODE = "http://127.0.0.1:9"
CLOUD = "http://127.0.0.1:9/v1/rollups"


class Mistakes(IntegrationTest):
    # What is typed, the exit code, and words that the one line on stderr has.
    TYPED = [
        ("no command", [], 64, ["run", "once"]),
        ("unknown command", ["onec"], 64, ["onec", "did you mean 'once'"]),
        ("unknown command with arguments", ["rnu", NODE], 64, ["rnu", "did you mean 'run'"]),
        ("unknown flag", ["once", "--dry-rnu", NODE], 64, ["--dry-rnu", "did you mean '--dry-run'"]),
        ("unknown flag of run", ["run", "--intervall", "5s", NODE], 64, ["--intervall", "did you mean '--interval'"]),
        ("a flag without its value", ["once", NODE, "--timeout"], 64, ["--timeout"]),
        ("duration without a unit", ["once", "--dry-run", "--timeout", "5", NODE], 64, ["'5'", "30s"]),
        ("parallel that is no number", ["once", "--dry-run", "--parallel", "many", NODE], 64, ["many"]),
        ("bad log level", ["once", "--dry-run", "--log-level", "wran", NODE], 64, ["wran"]),
        ("no node", ["once", "--dry-run"], 64, ["node"]),
        ("no cloud", ["once", NODE], 64, ["--cloud", "--dry-run"]),
        ("run without a cloud", ["run", NODE], 64, ["--cloud", "-c FILE"]),
        ("a node without a scheme", ["once", "--dry-run", "10.0.0.5:8080"], 64, ["10.0.0.5:8080", "http"]),
        ("a node with a foreign scheme", ["once", "--dry-run", "ftp://10.0.0.5"], 64, ["ftp"]),
        ("a node with a bad port", ["once", "--dry-run", "http://10.0.0.5:99999"], 64, ["99999"]),
        ("the same node twice", ["once", "--dry-run", NODE, NODE + "/"], 64, ["argument 1", "argument 2"]),
        ("a bad cloud", ["run", "--cloud", "ingest", NODE], 64, ["--cloud", "ingest"]),
        ("timeout above interval", ["run", "--cloud", CLOUD, "--interval=1s", "--timeout=2s", NODE], 64, ["2s", "1s"]),
        ("missing nodes file", ["once", "--dry-run", "--nodes", "/nowhere/nodes"], 66, ["/nowhere/nodes"]),
        ("a directory as nodes file", ["once", "--dry-run", "--nodes", "/"], 66, ["nodes file /", "directory"]),
    ]

    def test_each_mistake_is_told_in_one_line(self):
        for name, arguments, code, words in self.TYPED:
            with self.subTest(name):
                self.assert_mistake(self.finish(*arguments), code, words)

    def assert_mistake(self, program, code, words):
        self.assertEqual(program.process.returncode, code, program.report())
        self.assertEqual(program.stdout, "")
        self.assertEqual(program.stderr.count("\n"), 1, program.stderr)
        for word in words:
            self.assertIn(word, program.stderr)

    def test_bad_lines_of_a_nodes_file_are_named(self):
        rows = [
            ("not a URL", "# nodes\n\nhttp://10.0.0.5\nnonsense here\n", 4, []),
            ("the same node twice", "http://10.0.0.5:80\nhttp://10.0.0.6\nHTTP://10.0.0.5/\n", 3, [":1"]),
            ("bad JSON", '[{"targets": ["10.0.0.5:8080",]}]', 1, []),
        ]
        for name, text, line, words in rows:
            with self.subTest(name):
                file = self.directory / "list"
                file.write_text(text)
                listed = self.finish("once", "--dry-run", "--nodes", file)
                self.assert_mistake(listed, 65, [f"{file}:{line}", *words])


class Inputs(IntegrationTest):
    def test_nodes_come_from_arguments_files_and_standard_input(self):
        nodes = [self.node(summary(count, 0.5)) for count in (1, 20, 300)]
        listed = self.nodes_file(["# a comment", "", nodes[1].url])
        with subprocess.Popen(["echo", nodes[2].url], stdout=subprocess.PIPE) as echo:
            once = self.finish(
                "once", "--dry-run", "--json", nodes[0].url, "--nodes", listed, "--nodes", "-", stdin=echo.stdout
            )
        self.assert_exit(once, 0)
        self.assertEqual(json.loads(once.stdout)["total_records"], 321)

    def test_a_flag_that_may_be_repeated_takes_one_value_at_a_time(self):
        file = self.directory / "list"
        file.write_text("http://127.0.0.1:10\n")
        for flags in (["--nodes", str(file)], ["--set", "poll.retries=0", "--set", "poll.timeout=1s"]):
            with self.subTest(flags):
                once = self.finish("once", "--dry-run", "--json", *flags, NODE)
                self.assert_exit(once, 0)
                self.assertIn(NODE, [node["node_url"] for node in json.loads(once.stdout)["node_data"]])

    def test_a_file_sd_list_names_targets_and_labels(self):
        node = self.node(summary(5, 0.5))
        file = self.directory / "nodes.json"
        file.write_text(json.dumps([{"targets": [node.url.removeprefix("http://")], "labels": {"site": "north"}}]))
        once = self.finish("once", "--dry-run", "--json", "--nodes", file)
        self.assert_exit(once, 0)
        (entry,) = json.loads(once.stdout)["node_data"]
        self.assertEqual((entry["node_url"], entry["labels"]), (node.url, {"site": "north"}))


class ExitCodes(IntegrationTest):
    def dead_url(self):
        address = new_address()
        return f"http://{address}:{free_port(address)}"

    def once(self, cloud, *arguments):
        return self.finish("once", "--cloud", cloud.endpoint, "--state-dir", self.state_dir, *arguments)

    def test_require_all_tells_a_dead_node_and_still_delivers(self):
        cloud = self.cloud()
        node = self.node(summary(5, 0.5))
        self.assert_exit(self.once(cloud, "--require-all", node.url, self.dead_url()), 69)
        self.assertEqual([each.rollup["coverage"]["failed"] for each in cloud.accepted], [1])
        self.assert_exit(self.once(cloud, "--require-all", node.url), 0)

    def test_require_all_tells_a_bad_summary(self):
        (bad,) = self.stub_nodes("bad-summary")
        self.assert_exit(self.finish("once", "--dry-run", "--require-all", bad), 65)

    def test_not_delivered_goes_before_a_dead_node(self):
        cloud = self.cloud(lambda received: 503)
        once = self.once(cloud, "--require-all", self.dead_url())
        self.assert_exit(once, 75)
        self.assertIn("503", once.stdout + once.stderr)

    def test_a_state_directory_serves_one_daemon(self):
        cloud = self.cloud()
        node = self.node(summary(5, 0.5))
        first = self.start_run(cloud, "--interval", "60s", node.url)
        wait_until(lambda: cloud.accepted, "the first daemon works")
        second = self.start_run(cloud, "--interval", "60s", node.url)
        self.assert_exit(second, 73)
        self.assertIn(str(first.pid), second.stderr)
        self.assertTrue(first.running)
        self.stop_run(first)

    def test_a_state_directory_of_someone_else_is_refused(self):
        if os.getuid() != 0:
            self.skipTest("only root can give a directory away")
        self.state_dir.mkdir(mode=0o700)
        os.chown(self.state_dir, 65534, 65534)
        cloud = self.cloud()
        refused = self.once(cloud, self.node(summary(5, 0.5)).url)
        self.assert_exit(refused, 73)
        self.assertIn(str(self.state_dir), refused.stderr)

    def test_a_relative_state_directory_is_one_of_where_the_command_is_typed(self):
        state = self.directory / "state"
        once = self.finish("once", "--cloud", CLOUD, "--state-dir", os.path.relpath(state), NODE)
        self.assert_exit(once, 75)
        self.assertTrue((state / "outbox.db").exists())

    def test_the_state_directory_is_private(self):
        cloud = self.cloud()
        self.assert_exit(self.once(cloud, self.node(summary(5, 0.5)).url), 0)
        self.assertEqual(self.state_dir.stat().st_mode & 0o777, 0o700)
        for file in self.state_dir.iterdir():
            self.assertEqual((file.name, file.stat().st_mode & 0o777), (file.name, 0o600))


class Help(IntegrationTest):
    def help_of(self, *command):
        run = subprocess.run(command, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, check=False)
        self.assertEqual((run.returncode, run.stderr), (0, ""), command)
        return run.stdout

    def test_help_is_on_stdout_and_fits_a_terminal(self):
        for command in (
            [EDGE_ROLLUP],
            [EDGE_ROLLUP, "run"],
            [EDGE_ROLLUP, "once"],
            [EDGE_STUB],
            [EDGE_STUB, "node"],
            [EDGE_STUB, "ingest"],
            [EDGE_STUB, "demo"],
        ):
            with self.subTest(" ".join(command)):
                text = self.help_of(*command, "--help")
                self.assertGreater(text.count("\n"), 4)
                self.assertEqual([line for line in text.splitlines() if len(line) > 80], [])

    def test_version_is_one_line(self):
        self.assertRegex(self.help_of(EDGE_ROLLUP, "--version"), r"^edge-rollup \d+\.\d+\.\d+\n$")
        self.assertRegex(self.help_of(EDGE_STUB, "--version"), r"^edge-stub \d+\.\d+\.\d+\n$")


class Messages(IntegrationTest):
    def run_two_rounds(self, *arguments):
        node = self.node(summary(5, 0.5))
        daemon = self.start_run(self.cloud(), "--interval", "200ms", "--rounds", "2", *arguments, node.url)
        self.assert_exit(daemon, 0)
        return daemon

    def test_the_daemon_keeps_stdout_free(self):
        daemon = self.run_two_rounds()
        self.assertEqual(daemon.stdout, "")
        self.assertNotEqual(daemon.stderr, "")
        self.assertNotIn(ESCAPE, daemon.stderr)

    def test_json_log_lines_are_json(self):
        daemon = self.run_two_rounds("--log-format", "json", "--log-level", "debug")
        lines = [json.loads(line) for line in daemon.stderr.splitlines()]
        self.assertGreater(len(lines), 0)
        self.assertEqual({type(line) for line in lines}, {dict})

    def test_log_level_error_says_nothing_when_all_is_well(self):
        self.assertEqual(self.run_two_rounds("--log-level", "error").stderr, "")

    def test_colour_is_for_those_who_ask(self):
        self.assertIn(ESCAPE, self.run_two_rounds("--color", "always").stderr)

    def test_colour_on_a_terminal_obeys_no_color(self):
        for environment, colourful in (({}, True), ({"NO_COLOR": "1"}, False)):
            with self.subTest(environment=environment):
                self.assertEqual(ESCAPE in self.stderr_on_a_terminal(environment), colourful)

    def stderr_on_a_terminal(self, environment):
        """What a run of one round says where stderr is a terminal."""
        cloud = self.cloud()
        node = self.node(summary(5, 0.5))
        ours, theirs = pty.openpty()
        ours_only = ("NO_COLOR", "JOURNAL_STREAM", "EDGE_ROLLUP_BIN")
        base = {name: value for name, value in os.environ.items() if name not in ours_only}
        environment = {**base, "TERM": "xterm", **environment}
        command = [EDGE_ROLLUP, "run", "--cloud", cloud.endpoint, "--state-dir", self.state_dir, "--rounds", "1"]
        null = subprocess.DEVNULL
        with subprocess.Popen([*command, node.url], stdin=null, stdout=null, stderr=theirs, env=environment) as daemon:
            os.close(theirs)
            try:
                said = b""
                while piece := self.read_terminal(ours):
                    said += piece
                self.assertEqual(daemon.wait(30), 0)
            finally:
                daemon.kill()
                os.close(ours)
        return said.decode(errors="replace")

    @staticmethod
    def read_terminal(descriptor):
        try:
            return os.read(descriptor, 4096)
        except OSError:  # how Linux tells that the other side is closed
            return b""


if __name__ == "__main__":
    main()
