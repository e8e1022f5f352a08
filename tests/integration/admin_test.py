"""The daemon's own server: pages, refusals and metrics."""

import base64
import datetime
import json
import os
import pathlib
import re
import ssl
import subprocess
import time
import urllib.parse

from admin_bench import DOCS, OPENAPI, AdminTest, matches
from harness import main
from peers import new_address, summary
from program import wait_until

CERTIFICATES = pathlib.Path(__file__).resolve().parents[1] / "support" / "certificates.sh"


class Pages(AdminTest):
    def test_every_answer_is_as_the_description_says(self):
        self.start_listening()
        wait_until(lambda: self.ask("/api/v1/status").json["delivery"]["last_delivered"], "a rollup is delivered")
        name = urllib.parse.quote(self.ask("/api/v1/nodes").json["nodes"][0]["name"], safe="")
        asked = 0
        for path, operations in OPENAPI["paths"].items():
            for method in ("get", "post"):
                if method not in operations or path == "/api/v1/events":  # that one has no end
                    continue
                with self.subTest(path=path, method=method):
                    token = self.own_token if method == "post" else None
                    values = {"{name}": name, "{sequence}": "1", "{file}": "page.css"}
                    address = path
                    for parameter, value in values.items():
                        address = address.replace(parameter, value)
                    answer = self.ask(address, method.upper(), token)
                    described = operations[method]["responses"]
                    self.assertIn(str(answer.status), described)
                    self.assertLess(answer.status, 300, answer.text)
                    content = described[str(answer.status)]["content"]
                    self.assertIn(answer.type, content)
                    if answer.type == "application/json":
                        self.assertEqual(matches(content[answer.type]["schema"], answer.json), [])
                    self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                    is_file = path in ("/", "/openapi.json") or path.startswith("/page/")
                    self.assertEqual(answer.headers["Cache-Control"], "no-cache" if is_file else "no-store")
                    self.assertEqual(int(answer.headers["Content-Length"]), len(answer.body))
                    asked += 1
        self.assertEqual(asked, 18)

    def test_status_and_nodes_tell_of_the_last_round(self):
        daemon = self.start_listening()
        wait_until(lambda: self.ask("/api/v1/status").json["delivery"]["last_delivered"], "a rollup is delivered")
        status = self.ask("/api/v1/status").json
        self.assertEqual(status["pid"], daemon.pid)
        self.assertEqual(status["state_dir"], str(self.state_dir))
        self.assertEqual(status["delivery"]["url"], self.rollups.endpoint)
        self.assertEqual((status["nodes"]["expected"], status["nodes"]["ok"], status["nodes"]["failed"]), (3, 2, 1))
        self.assertEqual(status["last_round"]["records"], 30)
        self.assertEqual(status["verdict"]["level"], "warning")
        self.assertTrue(status["verdict"]["text"].startswith("1 of 3 nodes not ok"), status["verdict"])

        failed = self.ask("/api/v1/nodes?state=failed").json
        self.assertEqual([node["url"] for node in failed["nodes"]], [self.dead])
        self.assertEqual(failed["nodes"][0]["error_kind"], "connect")
        pages, cursor = [], ""
        while cursor is not None:
            page = self.ask(f"/api/v1/nodes?sort=records&limit=1&cursor={cursor}" if cursor else
                            "/api/v1/nodes?sort=records&limit=1").json
            pages += page["nodes"]
            cursor = page["next"]
        self.assertEqual([node["records"] for node in pages], [20, 10, None])

        newest = self.ask("/api/v1/rollups?limit=100").json["rollups"]
        accepted = {each.sequence: each.id for each in self.rollups.accepted}
        delivered = [each for each in newest if each["delivered"]]
        self.assertTrue(delivered)
        for each in delivered:
            self.assertEqual(accepted[each["sequence"]], each["id"])

    def test_the_next_round_is_told_as_its_slot_whenever_one_asks(self):
        self.start_listening(interval="300s")
        told = {self.ask("/api/v1/status").json["next_round"] for _ in range(20)}
        if len(told) == 2:  # a slot came in between
            told = {self.ask("/api/v1/status").json["next_round"] for _ in range(20)}
        self.assertEqual(len(told), 1, told)
        self.assertRegex(told.pop(), r"T\d\d:\d[05]:00\.000Z$")

    def test_before_the_first_round_ends_the_nodes_are_known(self):
        (silent,) = self.stub_nodes("hang")
        self.wait_for_address(self.start_run(self.cloud(), silent, "--timeout", "20s", "--listen", "127.0.0.1:0"))
        status = self.ask("/api/v1/status").json
        self.assertIsNone(status["last_round"])
        self.assertEqual((status["nodes"]["expected"], status["nodes"]["ok"]), (1, 0))
        nodes = self.ask("/api/v1/nodes").json
        self.assertEqual([(each["url"], each["state"], each["error"]) for each in nodes["nodes"]],
                         [(silent, "unknown", None)])
        page = self.finish("status", "--state-dir", self.state_dir)
        self.assertIn("none of 1 asked to the end yet", page.stdout)

    def test_readiness_waits_for_the_first_round_and_for_nothing_else(self):
        (silent,) = self.stub_nodes("hang")
        dead_cloud = f"http://{new_address()}:1/v1/rollups"
        daemon = self.start("run", "--cloud", dead_cloud, "--state-dir", self.state_dir, silent, "--timeout", "8s",
                            "--interval", "300s", "--listen", "127.0.0.1:0")
        self.wait_for_address(daemon)
        early = self.ask("/readyz")
        self.assert_problem(early, 503)
        self.assertTrue(early.json["detail"].startswith("first_round: "), early.text)
        self.assertEqual([each["name"] for each in early.json["checks"] if not each["ok"]], ["first_round"])
        self.assertEqual(self.ask("/livez").status, 200)
        wait_until(lambda: self.ask("/readyz").status == 200, "the first round is done")
        wait_until(lambda: self.ask("/api/v1/status").json["delivery"]["last_failure"], "the cloud is dead")
        status = self.ask("/api/v1/status").json
        self.assertEqual((status["nodes"]["failed"], status["delivery"]["last_delivered"]), (1, None))
        failure = status["delivery"]["last_failure"]
        self.assertIsNone(failure["status"])
        self.assertIn("refused", failure["words"])
        page = self.finish("status", "--state-dir", self.state_dir)
        self.assertIn("the last try, ", page.stdout)
        self.assertEqual(self.ask("/readyz").status, 200)

    def test_head_is_get_without_a_body(self):
        self.start_listening("--set", "cloud.spread=0s", interval="300s")
        wait_until(lambda: self.ask("/api/v1/outbox").json["pending"] == 0, "nothing changes any more")
        for path in ("/", "/livez", "/api/v1/outbox", "/openapi.json", "/nowhere"):
            with self.subTest(path=path):
                get, head = self.ask(path), self.ask(path, "HEAD")
                self.assertEqual((head.status, head.type, head.body), (get.status, get.type, b""))
                self.assertEqual(head.headers["Content-Length"], str(len(get.body)))
        self.assertEqual(self.ask("/openapi.json").json, OPENAPI)

    def test_a_round_and_a_reload_are_made_when_asked_for(self):
        self.start_listening(interval="300s")
        token = self.own_token
        wait_until(lambda: self.rollups.accepted, "the first rollup is delivered")
        before = len(self.rollups.accepted)
        begun = self.ask("/-/round", "POST", token)
        self.assertEqual(begun.status, 202, begun.text)
        wait_until(lambda: len(self.rollups.accepted) > before, "the rollup is delivered")
        made = self.ask("/api/v1/rollups?limit=1").json["rollups"][0]["round"]
        self.assertEqual((made["number"], made["trigger"]), (begun.json["number"], "manual"))

        self.assertEqual(self.ask("/-/reload", "POST", token).status, 200)
        self.assertIsNotNone(self.ask("/api/v1/status").json["config"]["last_reload"])

    def test_a_reload_of_wrong_settings_changes_nothing_and_says_so(self):
        cloud, node = self.cloud(), self.node(summary(1, 0.5))
        file = self.directory / "gw.yaml"
        good = f"nodes: [{node.url}]\ncloud: {{url: {cloud.endpoint}}}\nlisten: 127.0.0.1:0\n"
        file.write_text(good)
        self.start("run", "-c", os.path.relpath(file), "--state-dir", self.state_dir)
        address = self.state_dir / "admin-address"
        wait_until(address.exists, "the daemon listens")
        self.address = urllib.parse.urlsplit(address.read_text().strip())
        file.write_text(good + "poll: {intervall: 5s}\n")
        refused = self.ask("/-/reload", "POST", self.own_token)
        self.assert_problem(refused, 422)
        self.assertIn("intervall", refused.json["detail"])
        config = self.ask("/api/v1/status").json["config"]
        self.assertEqual((config["file"], config["last_reload_successful"]), (str(file), False))
        self.assertIn("intervall", config["error"])
        self.assertEqual(self.metric("edge_rollup_config_last_reload_successful"), 0)


class Access(AdminTest):
    def test_wrong_hosts_origins_and_tokens_are_refused(self):
        self.start_listening()
        own = self.address.netloc
        token = self.own_token
        self.assertEqual((self.state_dir / "admin-token").stat().st_mode & 0o777, 0o600)
        rows = [
            ("the address itself", {}, 200),
            ("a name of this machine", {"host": "localhost:1234"}, 200),
            ("a name that points here", {"host": "evil.example"}, 421),
            ("doing without a token", {"method": "POST", "path": "/-/round"}, 401),
            ("doing with a wrong one", {"method": "POST", "path": "/-/round", "token": "x" * len(token)}, 401),
            ("doing from a page", {"method": "POST", "path": "/-/round", "token": token, "Origin": "https://a.b"}, 403),
            ("from a page of its own",
             {"method": "POST", "path": "/-/round", "token": token, "Origin": f"http://{own}"}, 202),
            ("nothing there", {"path": "/api/v2"}, 404),
            ("a method that is none", {"method": "DELETE"}, 405),
            ("a parameter that is none", {"path": "/api/v1/nodes?x=1"}, 400),
            ("a parameter where none is known", {"path": "/metrics?x"}, 400),
            ("a parameter of a probe", {"path": "/livez?x"}, 200),
            ("a long target", {"path": "/" + "x" * 9000}, 414),
            ("long fields", {"X-Long": "x" * 20000}, 431),
        ]
        for label, how, status in rows:
            with self.subTest(label):
                how = {"path": "/api/v1/status", **how}
                answer = self.ask(how.pop("path"), **how)
                self.assertEqual(answer.status, status, answer.text)
                if status >= 400:
                    self.assert_problem(answer, status)
        self.assertEqual(self.ask("/-/round").headers["Allow"], "POST")

    def test_a_configured_token_guards_everything_but_health_and_is_told_nobody(self):
        secret = self.directory / "token"
        secret.write_text("first-token\n")
        daemon = self.start_listening("--set", f"listen_token=${{file:{secret}}}", "--log-level", "debug")
        self.assertEqual(self.ask("/api/v1/status", token=self.own_token).status, 200)
        self.assertEqual(self.ask("/-/round", "POST", self.own_token).status, 202)
        for path in ("/livez", "/healthz", "/readyz", "/livez?t=1"):
            self.assertEqual(self.ask(path).status, 200)
        self.assertEqual(self.ask("/livez", "POST").status, 405)
        for path in ("/", "/metrics", "/api/v1/status", "/openapi.json", "/nowhere"):
            answer = self.ask(path)
            self.assert_problem(answer, 401)
            self.assertEqual([each.split()[0] for each in answer.headers.get_all("WWW-Authenticate")], ["Bearer", "Basic"])
        self.assertEqual(self.ask("/metrics", token="first-token").status, 200)
        password = base64.b64encode(b"anybody:first-token").decode()
        self.assertEqual(self.ask("/", Authorization=f"Basic {password}").status, 200)
        self.assertEqual(self.ask("/-/round", "POST", "first-token").status, 202)
        replacement = self.directory / "next"
        replacement.write_text("second-token\n")
        os.replace(replacement, secret)
        self.assertEqual(self.ask("/metrics", token="second-token").status, 200)
        self.assertEqual(self.ask("/metrics", token="first-token").status, 401)
        self.assertNotIn("first-token", daemon.stderr)
        self.assertNotIn("second-token", daemon.stderr)

    def test_what_cannot_be_listened_on_is_told(self):
        self.start_listening()
        cloud = self.cloud()
        elsewhere = ["run", "--cloud", cloud.endpoint, "--state-dir", self.directory / "other", self.dead]
        taken = self.finish(*elsewhere, "--listen", self.address.netloc)
        self.assert_exit(taken, 69)
        self.assertIn(f"cannot listen on {self.address.netloc}: Address already in use", taken.stderr)
        record = self.finish(*elsewhere, "--listen", self.address.netloc, "--log-format", "json")
        self.assert_exit(record, 69)
        told = [json.loads(line) for line in record.stderr.splitlines()]
        self.assertEqual(told[-1]["level"], "error")
        self.assertIn("Address already in use", record.stderr)
        for_all = self.finish(*elsewhere, "--listen", "0.0.0.0:0")
        self.assert_exit(for_all, 64)
        self.assertIn("no listen_token is set", for_all.stderr)
        self.assert_exit(self.finish(*elsewhere, "--listen", "gateway"), 64)

    def test_what_a_killed_daemon_left_is_gone_after_the_next_start(self):
        daemon = self.start_listening()
        daemon.process.kill()
        daemon.wait()
        self.assertTrue((self.state_dir / "admin-address").exists())
        before = len(self.rollups.accepted)
        silent = self.start_run(self.rollups, "--interval", "1s", "--nodes", self.nodes)
        wait_until(lambda: len(self.rollups.accepted) > before or not silent.running, "the daemon works")
        self.assertFalse((self.state_dir / "admin-address").exists())
        self.assertFalse((self.state_dir / "admin-token").exists())
        self.stop_run(silent)

    def test_the_files_go_with_the_daemon(self):
        daemon = self.start_listening()
        self.stop_run(daemon)
        self.assertFalse((self.state_dir / "admin-address").exists())
        self.assertFalse((self.state_dir / "admin-token").exists())


class Metrics(AdminTest):
    def described(self):
        """Name -> (type, label) of the specification."""
        rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (?:`(\w+)` )?\|$", (DOCS / "telemetry.md").read_text(), re.MULTILINE)
        return {name: (kind, label) for name, kind, label in rows}

    def test_metrics_are_those_of_the_specification_and_clean(self):
        self.start_listening()
        wait_until(lambda: self.metric("edge_rollup_last_delivery_timestamp_seconds"), "a rollup is delivered")
        wait_until(lambda: self.metric("edge_rollup_event_loop_lag_seconds") is not None, "the loop was measured")
        answer = self.ask("/metrics")
        self.assertEqual(answer.type, "text/plain; version=0.0.4; charset=utf-8")
        checked = subprocess.run(
            ["promtool", "check", "metrics"], input=answer.body, capture_output=True, timeout=60, check=False
        )
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, b"", b""))

        described = self.described()
        told = dict(re.findall(r"^# TYPE (\S+) (\S+)$", answer.text, re.MULTILINE))
        self.assertEqual({name: described[name][0] for name in told}, told)
        not_yet = {"edge_rollup_delivery_hold", "edge_rollup_outbox_oldest_timestamp_seconds",
                   "edge_rollup_clock_synchronized", "edge_rollup_tls_certificate_expiry_timestamp_seconds",
                   "edge_rollup_node_lists_last_success_timestamp_seconds", "process_max_fds"}
        self.assertEqual(set(described) - set(told) - not_yet, set())
        for name, labels in re.findall(r"^(\w+)\{(.*)\} \S+$", answer.text, re.MULTILINE):
            family = re.sub(r"_(bucket|sum|count)$", "", name) if name not in described else name
            names = set(re.findall(r'(\w+)="', labels)) - {"le"}
            self.assertEqual(names, {described[family][1]} - {""}, name)

    def test_what_alerts_go_by_follows_the_cloud_and_the_certificates(self):
        certificates = self.directory / "certificates"
        certificates.mkdir()
        subprocess.run(["sh", CERTIFICATES, certificates], check=True)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificates / "good.pem", certificates / "good.key")
        node = self.node(summary(1, 0.5), tls=tls)
        answers = [401]
        cloud = self.cloud(lambda received: answers[0])
        began = time.time()
        daemon = self.start_run(cloud, node.url, "--interval", "1s", "--listen", "127.0.0.1:0",
                                env={"SSL_CERT_FILE": str(certificates / "ca.pem")})
        self.wait_for_address(daemon)
        holds = 'edge_rollup_delivery_hold{reason="unauthorized"}'
        oldest = "edge_rollup_outbox_oldest_timestamp_seconds"
        delivered = 'edge_rollup_deliveries_total{verdict="delivered"}'

        wait_until(lambda: self.metric(holds) == 1, "delivery holds")
        self.assertTrue(began - 1 <= self.metric(oldest) <= time.time(), self.metric(oldest))
        self.assertGreaterEqual(self.metric("edge_rollup_outbox_entries"), 1)
        self.assertGreaterEqual(self.metric('edge_rollup_deliveries_total{verdict="hold"}'), 1)
        self.assertEqual(self.metric(delivered), 0)
        wait_until(lambda: self.metric("edge_rollup_cloud_sent_bytes_total") ==
                   sum(len(each.body) for each in cloud.received), "every byte sent is counted")
        # certificates.sh has the good one end with the century.
        peer = node.url.removeprefix("https://")
        self.assertEqual(self.metric(f'edge_rollup_tls_certificate_expiry_timestamp_seconds{{peer="{peer}"}}'),
                         datetime.datetime(2099, 12, 31, tzinfo=datetime.timezone.utc).timestamp())

        answers[0] = 202
        wait_until(lambda: self.metric(holds) is None, "the hold ends")
        self.assertNotIn("edge_rollup_delivery_hold{", self.ask("/metrics").text)
        self.assertGreaterEqual(self.metric(delivered), 1)
        wait_until(lambda: self.metric(oldest) is None, "nothing waits")
        self.stop_run(daemon)

    def test_series_of_a_node_go_with_the_node(self):
        self.start_listening()
        name = self.dead.removeprefix("http://")
        series = f'edge_rollup_node_up{{node="{name}"}}'
        self.assertEqual(self.metric(series), 0)
        self.nodes.write_text("\n".join(url for url in self.nodes.read_text().split() if url != self.dead) + "\n")
        wait_until(lambda: self.metric(series) is None, "the node is gone")
        self.assertNotIn(name, self.ask("/metrics").text)
        self.assertEqual(self.ask(f"/api/v1/nodes/{name}").status, 404)


if __name__ == "__main__":
    main()
