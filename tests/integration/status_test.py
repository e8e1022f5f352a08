"""`edge-rollup status` and `nodes` beside a running daemon, against one that is scripted, and where there is none; `once`
that finds a daemon in its place."""

import json
import signal

from aiohttp import web
from harness import IntegrationTest, main
from peers import free_port, new_address, summary
from program import wait_until

COLUMNS = 80


def pages_of(nodes, size):
    """An answer function of /api/v1/nodes that gives `size` nodes at a time."""

    def answer(request):
        begin = int(request.query.get("cursor", "0"))
        end = begin + size
        following = str(end) if end < len(nodes) else None
        return web.json_response({"nodes": nodes[begin:end], "total": len(nodes), "next": following})

    return answer


def node(number, state="ok"):
    return {"name": f"pump-{number}", "state": state, "records": 5, "quality": 0.5, "error": None}


class Commands(IntegrationTest):
    def status(self, *words, **how):
        return self.finish("status", "--state-dir", self.state_dir, *words, **how)


class WithADaemon(Commands):
    def start_listening(self, cloud, *nodes):
        daemon = self.start_run(cloud, "--interval", "24h", "--set", "cloud.spread=0s", "--listen", "127.0.0.1:0", *nodes)
        wait_until(lambda: cloud.accepted or not daemon.running, "the first rollup is delivered")
        return daemon

    def test_watching_finds_the_daemon_that_was_restarted_though_its_port_and_token_are_others(self):
        token = self.directory / "token"
        token.write_text("a-token-that-the-watch-is-not-told")
        wanted = (self.node(summary(10, 0.5)).url, "--set", f"listen_token=${{file:{token}}}")
        daemon = self.start_listening(self.cloud(), *wanted)
        watching = self.start("status", "--watch", "--json", "--state-dir", self.state_dir)
        wait_until(lambda: f'"pid":{daemon.pid},' in watching.stdout, "the first daemon is watched")
        self.stop_run(daemon)
        daemon = self.start_listening(self.cloud(), *wanted)
        wait_until(lambda: f'"pid":{daemon.pid},' in watching.stdout, "the second daemon is watched")
        watching.signal(signal.SIGINT)
        self.assert_exit(watching, 130)
        self.stop_run(daemon)

    def dead_node(self):
        address = new_address()
        return f"http://{address}:{free_port(address)}"

    def test_status_finds_the_daemon_by_its_state_directory(self):
        cloud = self.cloud()
        daemon = self.start_listening(cloud, self.node(summary(4160, 0.981)).url)
        page = self.status()
        self.assert_exit(page, 0)
        self.assertIn("1 of 1 ok", page.stdout)
        self.assertIn(cloud.endpoint, page.stdout)
        self.assertIn(f"process {daemon.pid}", page.stdout)
        self.assertLessEqual(max(map(len, page.stdout.splitlines())), COLUMNS)

        told = json.loads(self.status("--json").stdout)
        self.assertEqual(told["pid"], daemon.pid)
        by_url = self.finish("status", "--json", "--url", (self.state_dir / "admin-address").read_text().strip())
        self.assertEqual(json.loads(by_url.stdout)["instance"], told["instance"])
        self.stop_run(daemon)
        self.assert_exit(self.status("--url", f"http://127.0.0.1:{free_port('127.0.0.1')}"), 69)

    def test_a_settings_file_says_where_the_state_directory_is(self):
        cloud = self.cloud()
        daemon = self.start_listening(cloud, self.node(summary(5, 0.5)).url)
        settings = self.directory / "settings.yaml"
        # What only the service may read does not matter here.
        settings.write_text(f"state_dir: {self.state_dir}\ncloud: {{auth: {{bearer_token: '${{file:/nowhere}}'}}}}\n")
        for command in (["status"], ["nodes"], ["outbox", "list"], ["identity", "show"]):
            with self.subTest(command):
                self.assert_exit(self.finish(*command, "-c", settings), 0)
        self.stop_run(daemon)

    def test_a_probe_follows_the_verdict_of_the_daemon(self):
        cloud = self.cloud()
        daemon = self.start_listening(cloud, self.node(summary(5, 0.5)).url)
        probe = self.status("--check")
        told = json.loads(self.status("--json").stdout)["verdict"]
        self.assert_exit(probe, {"ok": 0, "warning": 1, "critical": 2}[told["level"]])
        self.assertRegex(probe.stdout, r"^EDGE-ROLLUP (OK|WARNING|CRITICAL) - .* \| nodes_ok=1;;;0;1 nodes_failed=0;;;0;1 nodes_skipped=0;;;0;1 .*\n$")
        self.stop_run(daemon)

    def test_nodes_are_listed_with_what_went_wrong(self):
        cloud = self.cloud()
        dead = self.dead_node()
        daemon = self.start_listening(cloud, self.node(summary(4160, 0.981)).url, dead)
        table = self.finish("nodes", "--state-dir", self.state_dir)
        self.assert_exit(table, 0)
        lines = table.stdout.splitlines()
        self.assertRegex(lines[0], "^NODE +STATE +SINCE +RECORDS +QUALITY +DATA +TIME$")
        self.assertRegex(lines[1], r" ok +\d+ s ago +4 160 +0\.981 +\w+ +[\d.]+ ms$")
        self.assertIn("Connection refused", lines[3])
        self.assertEqual(lines[-1], "nodes  1 of 2 ok, 1 failed")
        told = json.loads(self.finish("nodes", "--json", "--state-dir", self.state_dir).stdout)
        self.assertEqual([each["url"] for each in told["nodes"]][1], dead)
        self.stop_run(daemon)

    def test_once_asks_the_daemon_that_has_its_place_for_a_round(self):
        cloud = self.cloud()
        good = self.node(summary(4160, 0.981))
        daemon = self.start_listening(cloud, good.url)
        settings = self.settings_of(cloud, good)
        once = self.finish("once", "-c", settings)
        self.assert_exit(once, 0)
        self.assertRegex(once.stdout, r"^NODE +STATUS +RECORDS +QUALITY +UPDATED +TIME\n")
        self.assertRegex(once.stdout, r" ok +4 160 +0\.981 ")
        self.assertIn("rollup  1 of 1 nodes, 4 160 records, quality 0.981\n", once.stdout)
        self.assertIn(f"sent    {cloud.endpoint}  by the daemon, process {daemon.pid}  id ", once.stdout)
        self.assertEqual([each.sequence for each in cloud.accepted], [1, 2])
        self.assertIn(cloud.accepted[1].id, once.stdout)

        # The daemon has nodes and a cloud: they need not be named.
        self.assert_exit(self.finish("once", "--state-dir", self.state_dir), 0)
        self.assertEqual(len(cloud.accepted), 3)

        cloud.verdict = lambda received: 503
        kept = self.finish("once", "-c", settings)
        self.assert_exit(kept, 75)
        self.assertIn(f"kept    {cloud.endpoint}", kept.stdout)
        good.stop()
        self.assert_exit(self.finish("once", "-c", settings, "--require-all"), 75)
        cloud.verdict = lambda received: 202
        wait_until(lambda: len(cloud.accepted) == 5, "what was kept is delivered")
        self.assert_exit(self.finish("once", "-c", settings, "--require-all"), 69)
        self.stop_run(daemon)

    def test_once_takes_the_listen_token_of_the_settings(self):
        cloud = self.cloud()
        node = self.node(summary(5, 0.5))
        token = self.directory / "token"
        token.write_text("open sesame\n")
        token.chmod(0o600)
        settings = self.settings_of(cloud, node)
        with settings.open("a") as file:
            file.write(f"listen: 127.0.0.1:0\nlisten_token: '${{file:{token}}}'\n")
        daemon = self.start("run", "-c", settings)
        wait_until(lambda: (self.state_dir / "admin-address").exists() and cloud.accepted, "the daemon works")
        (self.state_dir / "admin-token").unlink(missing_ok=True)  # only the token of the settings is left
        self.assert_exit(self.finish("once", "-c", settings), 0)
        self.assertEqual(len(cloud.accepted), 2)
        self.stop_run(daemon)

    def settings_of(self, cloud, node):
        file = self.directory / "settings.yaml"
        file.write_text(f"nodes: [{node.url}]\ncloud: {{url: {cloud.endpoint}}}\nstate_dir: {self.state_dir}\n")
        return file

    def assert_how_to(self, refused, daemon, says):
        self.assert_exit(refused, 73)
        self.assertEqual(refused.stdout, "")
        for each in (str(daemon.pid), says, "--dry-run"):
            self.assertIn(each, refused.stderr)

    def test_once_says_how_to_where_the_daemon_cannot_do_what_is_asked(self):
        cloud = self.cloud()
        node = self.node(summary(5, 0.5))
        settings = self.settings_of(cloud, node)
        daemon = self.start_listening(cloud, node.url)
        self.assert_how_to(self.finish("once", "-c", settings, node.url), daemon, "leave out NODE")
        self.assert_how_to(self.finish("once", "-c", settings, "--json"), daemon, "leave out --json")
        self.stop_run(daemon)
        silent = self.start_run(cloud, "--interval", "24h", "--set", "cloud.spread=0s", node.url)
        wait_until(lambda: len(cloud.accepted) == 2, "the daemon works")
        self.assert_how_to(self.finish("once", "-c", settings), silent, "`listen`")
        self.stop_run(silent)


class WithoutADaemon(Commands):
    def test_each_command_says_what_to_do(self):
        nowhere = f"http://127.0.0.1:{free_port('127.0.0.1')}"
        for words in (["status"], ["nodes"], ["status", "--watch"]):
            with self.subTest(words):
                refused = self.finish(*words, "--url", nowhere)
                self.assert_exit(refused, 69)
                self.assertEqual(refused.stdout, "")
                self.assertEqual(refused.stderr.count("\n"), 1)
                for each in (nowhere, "edge-rollup run", "--url"):
                    self.assertIn(each, refused.stderr)

    def test_a_probe_says_it_on_standard_output_and_once(self):
        probe = self.status("--check", "--url", f"http://127.0.0.1:{free_port('127.0.0.1')}")
        self.assert_exit(probe, 69)
        self.assertRegex(probe.stdout, "^EDGE-ROLLUP UNKNOWN - no daemon answers at .*\n$")
        self.assertEqual(probe.stderr, "")

    def test_a_daemon_that_was_not_named_is_not_taken_for_the_one_that_was(self):
        nobody = self.status()
        self.assert_exit(nobody, 69)
        self.assertIn(str(self.state_dir), nobody.stderr)
        cloud = self.cloud()
        silent = self.start_run(cloud, "--interval", "24h", "--set", "cloud.spread=0s", self.node(summary(5, 0.5)).url)
        wait_until(lambda: cloud.accepted or not silent.running, "the daemon works")
        refused = self.status()
        self.assert_exit(refused, 69)
        self.assertIn(f"process {silent.pid} runs with {self.state_dir} but does not listen", refused.stderr)
        self.stop_run(silent)

    def test_an_address_left_by_one_that_was_killed_is_named(self):
        self.state_dir.mkdir(mode=0o700)
        left = f"http://127.0.0.1:{free_port('127.0.0.1')}"
        (self.state_dir / "admin-address").write_text(left + "\n")
        refused = self.status()
        self.assert_exit(refused, 69)
        self.assertIn(left, refused.stderr)

    def test_something_else_that_listens_there_is_told_apart(self):
        rows = [
            ("a web page", lambda request: web.Response(text="<html>hello</html>")),
            ("nothing of ours", lambda request: web.Response(status=404, text="not here")),
        ]
        for name, answer in rows:
            with self.subTest(name):
                other = self.node(answer)
                refused = self.status("--url", other.url)
                self.assert_exit(refused, 69)
                self.assertIn("edge-rollup", refused.stderr)


class Scripted(Commands):
    """What a real daemon seldom does."""

    def test_the_token_comes_from_a_file_or_the_environment(self):
        def answer(request):
            if request.headers.get("Authorization") != "Bearer open sesame":
                return web.json_response({"title": "Unauthorized", "status": 401}, status=401)
            return web.json_response({"verdict": {"level": "ok", "text": "ok"}})

        daemon = self.node(answer)
        token = self.directory / "token"
        token.write_text("open sesame\n")
        refused = self.status("--url", daemon.url)
        self.assert_exit(refused, 77)
        for word in ("EDGE_ROLLUP_LISTEN_TOKEN", "--token-file"):
            self.assertIn(word, refused.stderr)
        self.assert_exit(self.status("--url", daemon.url, "--token-file", token), 0)
        known = {"EDGE_ROLLUP_LISTEN_TOKEN": "open sesame"}
        self.assert_exit(self.status("--url", daemon.url, env=known), 0)
        self.assert_exit(self.status("--url", daemon.url, env={"EDGE_ROLLUP_LISTEN_TOKEN": "wrong"}), 77)
        self.assert_exit(self.status("--url", daemon.url, "--token-file", self.directory / "none"), 66)

    def test_nodes_come_from_all_pages(self):
        daemon = self.node(pages_of([node(number) for number in range(25)], 10))
        told = json.loads(self.finish("nodes", "--json", "--url", daemon.url).stdout)
        self.assertEqual([each["name"] for each in told["nodes"]], [f"pump-{number}" for number in range(25)])
        self.assertEqual((told["total"], told["next"]), (25, None))
        self.assertEqual(daemon.requests, 3)
        table = self.finish("nodes", "--url", daemon.url)
        self.assertTrue(table.stdout.endswith("\nnodes  25 of 25 ok\n"), table.stdout)

    def test_a_busy_daemon_is_asked_again(self):
        page = pages_of([node(number) for number in range(25)], 10)

        def answer(request):
            if daemon.requests % 2 == 1:
                return web.json_response({"title": "busy", "status": 503}, status=503, headers={"Retry-After": "0"})
            return page(request)

        daemon = self.node(answer)
        told = json.loads(self.finish("nodes", "--json", "--url", daemon.url).stdout)
        self.assertEqual((len(told["nodes"]), daemon.requests), (25, 6))

    def test_a_daemon_that_stays_busy_is_not_asked_for_ever(self):
        daemon = self.node(
            lambda request: web.json_response(
                {"title": "Service Unavailable", "detail": "too many", "status": 503}, status=503, headers={"Retry-After": "0"}
            )
        )
        refused = self.finish("nodes", "--url", daemon.url)
        self.assert_exit(refused, 69)
        self.assertIn("too many", refused.stderr)
        self.assertEqual(daemon.requests, 10)

    def test_a_probe_has_a_code_for_each_level(self):
        for level, code in (("ok", 0), ("warning", 1), ("critical", 2)):
            with self.subTest(level):
                daemon = self.node(
                    lambda request, level=level: web.json_response({"verdict": {"level": level, "text": "so it is"}})
                )
                probe = self.status("--check", "--url", daemon.url)
                self.assert_exit(probe, code)
                self.assertTrue(probe.stdout.startswith(f"EDGE-ROLLUP {level.upper()} - "), probe.stdout)

    def test_watching_goes_on_until_interrupted(self):
        daemon = self.node(lambda request: web.json_response({"verdict": {"level": "ok", "text": "ok"}}))
        for word in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(word):
                watching = self.start("status", "--watch", "--url", daemon.url)
                wait_until(lambda: watching.stdout.count("\n") == 2, "it was looked at twice")
                watching.signal(word)
                self.assert_exit(watching, 130)
                self.assertRegex(watching.stdout, r"^(\d{4}-.*Z  ok: nodes .*\n){2,}$")

    def test_watching_goes_on_over_a_restart_of_the_daemon(self):
        def answer(request):
            if daemon.requests == 2:
                return web.Response(status=500)
            return web.json_response({"verdict": {"level": "ok", "text": "ok"}})

        daemon = self.node(answer)
        watching = self.start("status", "--watch", "--url", daemon.url)
        wait_until(lambda: watching.stdout.count("\n") == 2, "the daemon is back")
        self.assertIn("answers 500", watching.stderr)
        watching.signal(signal.SIGINT)
        self.assert_exit(watching, 130)


if __name__ == "__main__":
    main()
