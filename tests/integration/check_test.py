"""`edge-rollup check`: a good set-up, and each thing that it finds, with what mends it."""

import json
import os
import pathlib
import resource
import signal
import ssl
import stat
import subprocess
import unittest

from aiohttp import web
from harness import IntegrationTest, main
from peers import free_port, never, new_address, summary
from program import wait_until

CERTIFICATES = pathlib.Path(__file__).resolve().parents[1] / "support" / "certificates.sh"
SERVICE_USER = 4242
COLUMNS = 80


def port_of_nobody():
    address = new_address()
    return f"http://{address}:{free_port(address)}"


class Check(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.cloud_asked = []

        async def keep(request):
            self.cloud_asked.append((request.headers, await request.read()))
            return web.Response(status=self.cloud_status)

        self.cloud_status = 202
        self.ingest = self.node(keep)

    def check(self, *words, cloud=None, code=0, **how):
        """The findings, as (level, topic, what, remedy) each."""
        asked = ("check", "--json", "--state-dir", self.state_dir, "--cloud", cloud or self.ingest.url, *words)
        self.program = self.finish(*asked, **how)
        self.assert_exit(self.program, code)
        self.told = json.loads(self.program.stdout)
        return [(each["level"], each["topic"], each["what"], each["remedy"]) for each in self.told["findings"]]

    def assert_found(self, found, level, topic, says, remedy=""):
        for each in found:
            if each[:2] == (level, topic) and says in each[2] and remedy in (each[3] or ""):
                return
        self.fail(f"no {level} of {topic} with '{says}' and '{remedy}' in {found}")

    def certificates(self):
        made = self.directory / "certificates"
        made.mkdir()
        subprocess.run(["sh", CERTIFICATES, made], check=True)
        return made


class GoodSetUp(Check):
    def test_nothing_is_changed_and_nothing_is_sent(self):
        nodes = [self.node(summary(4160, 0.981)), self.node(summary(3904, 0.955))]
        found = self.check(*(node.url for node in nodes))
        self.assertNotIn("error", [level for level, *_ in found])
        self.assert_found(found, "ok", "nodes", "2 of 2 nodes ok, 8 064 records")
        self.assert_found(found, "ok", "cloud", "nothing was sent, --send-test does that")
        self.assert_found(found, "ok", "state", "can be made")
        self.assertEqual([node.requests for node in nodes], [1, 1])
        self.assertEqual(self.cloud_asked, [])
        self.assertFalse(self.state_dir.exists())

        cost = self.told["cost"]
        self.assertEqual(cost["month_bytes"], cost["rollup_bytes"] * 30 * 24 * 12)
        self.assertEqual(cost["outbox_s"], cost["outbox_rollups"] * 300)

    def test_a_test_rollup_is_sent_where_that_is_asked_for(self):
        node = self.node(summary(4160, 0.981))
        found = self.check("--send-test", node.url)
        self.assert_found(found, "ok", "cloud", "accepts rollups")
        ((headers, body),) = self.cloud_asked
        sent = json.loads(body)
        self.assert_valid_rollup(sent)
        self.assertIs(sent["rollup"]["test"], True)
        self.assertEqual([sent["rollup"][name] for name in ("stream", "sequence")], [None] * 2)
        self.assertEqual(sent["total_records"], 4160)
        self.assertEqual(headers["Idempotency-Key"], f'"{sent["rollup"]["id"]}"')
        self.assertFalse(self.state_dir.exists())

    def test_offline_asks_nobody(self):
        node = self.node(summary(5, 0.5))
        found = self.check("--offline", node.url)
        self.assertEqual(node.requests, 0)
        self.assertEqual(self.ingest.requests, 0)
        self.assertNotIn("nodes", [topic for _, topic, *_ in found])
        self.assert_found(found, "ok", "cloud", "not asked")
        self.assertGreater(self.told["cost"]["rollup_bytes"], 1000)

    def test_what_a_set_up_costs_is_much_the_same_offline(self):
        list_file = self.directory / "list.json"
        list_file.write_text(json.dumps([{"targets": self.stub_nodes("ok", count=20), "labels": {"site": "north"}}]))
        lists = ("--set", f"node_files=[{list_file}]")
        self.check(*lists)
        measured = self.told["cost"]
        self.check("--offline", *lists)
        for each in measured:
            self.assertAlmostEqual(self.told["cost"][each] / measured[each], 1, delta=0.15, msg=each)

    def test_the_table_fits_a_terminal(self):
        asked = ("check", "--state-dir", self.state_dir, "--cloud", self.ingest.url)
        table = self.finish(*asked, self.node(summary(5, 0.5)).url, port_of_nobody())
        self.assert_exit(table, 0)
        self.assertLessEqual(max(map(len, table.stdout.splitlines())), COLUMNS)
        self.assertRegex(table.stdout, r"\ncheck  0 errors, \d warnings?\n$")

    def test_its_progress_is_shown_on_a_terminal_and_taken_away(self):
        asked = ("check", "--state-dir", self.state_dir, "--cloud", self.ingest.url, self.node(summary(5, 0.5)).url)
        self.assertEqual(self.progress_on_terminal(*asked), ["asking the nodes", "connecting to the cloud"])
        self.assertEqual(self.finish(*asked).stderr, "")

    def test_beside_a_running_daemon(self):
        cloud = self.cloud()
        node = self.node(summary(5, 0.5))
        daemon = self.start_run(cloud, "--interval", "60s", node.url)
        wait_until(lambda: cloud.accepted, "the daemon works")
        self.assert_found(self.check(node.url), "ok", "state", f"in use by process {daemon.pid}")
        self.stop_run(daemon)
        self.assert_found(self.check(node.url), "ok", "state", "not in use")


class Findings(Check):
    def test_nodes_that_fail_are_warnings_while_one_answers(self):
        (bad,) = self.stub_nodes("bad-summary")
        found = self.check(self.node(summary(5, 0.5)).url, port_of_nobody(), bad)
        self.assert_found(found, "ok", "nodes", "1 of 3 nodes ok")
        self.assert_found(found, "warning", "nodes", "connect: Connection refused", "firewalls")
        self.assert_found(found, "warning", "nodes", "bad_summary", "record_count")
        self.assertEqual(self.told["verdict"], "warning")

    def test_no_node_at_all_is_an_error(self):
        found = self.check(port_of_nobody(), port_of_nobody(), code=69)
        self.assert_found(found, "error", "nodes", "0 of 2 nodes ok")

    def test_a_name_that_does_not_resolve(self):
        found = self.check(self.node(summary(5, 0.5)).url, "http://no-such-host.invalid")
        self.assert_found(found, "warning", "nodes", "no-such-host.invalid", "name servers")

    def test_a_silent_node_takes_one_timeout(self):
        found = self.check("--timeout", "300ms", self.node(summary(5, 0.5)).url, self.node(never).url)
        self.assert_found(found, "warning", "nodes", "timeout", "poll.timeout")

    def test_a_cloud_that_is_down(self):
        node = self.node(summary(5, 0.5)).url
        for words in ([], ["--send-test"]):
            with self.subTest(words):
                found = self.check(*words, node, cloud=port_of_nobody(), code=69)
                self.assert_found(found, "error", "cloud", "Connection refused")

    def test_a_cloud_that_does_not_want_the_test(self):
        node = self.node(summary(5, 0.5)).url
        for status, remedy in ((401, "delivery would hold"), (422, "those who run the cloud"), (503, "those who run")):
            with self.subTest(status):
                self.cloud_status = status
                found = self.check("--send-test", node, code=69)
                self.assert_found(found, "error", "cloud", f"answers {status}", remedy)

    def test_a_cloud_by_plain_http_that_is_not_on_this_machine(self):
        found = self.check("--offline", "http://127.0.0.1:9", cloud="http://ingest.example.com/v1")
        self.assert_found(found, "warning", "cloud", "plain http", "https")

    def test_files_that_are_not_there_are_one_finding_each(self):
        lost = [str(self.directory / name) for name in ("node-ca.pem", "cloud.pem", "cloud.key")]
        sets = ("--set", f"poll.tls.ca={lost[0]}", "--set", f"cloud.tls.cert={lost[1]}", "--set", f"cloud.tls.key={lost[2]}")
        found = self.check(*sets, "https://127.0.0.1:9", cloud="https://127.0.0.1:9/x", code=66)
        for file in lost:
            self.assert_found(found, "error", "tls", f"cannot read {file}", "mend the path")
        self.assertEqual(len([each for each in found if each[0] == "error"]), len(lost))
        lists = [str(self.directory / name) for name in ("list.json", "*.json")]
        found = self.check("--offline", "--set", f"node_files=[{lists[0]}, '{lists[1]}']")
        self.assert_found(found, "warning", "lists", f"cannot read the nodes file {lists[0]}", "its path")
        self.assert_found(found, "warning", "lists", f"no file is there for {lists[1]}", "mend the path")

    def test_a_file_of_certificates_that_holds_none(self):
        other = self.directory / "ca.pem"
        other.write_text("no certificate")
        trust = ("--set", f"cloud.tls.ca={other}")
        found = self.check(*trust, self.node(summary(5, 0.5)).url, cloud="https://127.0.0.1:9", code=78)
        self.assert_found(found, "error", "peers", f"cloud.tls: trusted authorities {other}: no certificate", "nothing was asked")
        self.assertNotIn("--offline", str(found), "nobody said so")

    def test_lists_that_are_broken(self):
        broken, good = (self.directory / name for name in ("broken.json", "good.json"))
        broken.write_text('[{"targets": ["10.0.0.5:8080"]')
        node = self.node(summary(5, 0.5))
        good.write_text(json.dumps([{"targets": [node.url]}]))
        lists = ("--set", f"node_files=['{self.directory}/*.json']")
        for network in ([], ["--offline"]):
            with self.subTest(network):
                self.assert_found(self.check(*network, *lists), "warning", "lists", f"{broken}:", "mend the list")
                self.assertIsNotNone(self.told["cost"])

    def test_an_address_that_somebody_else_listens_on(self):
        address = self.ingest.url.removeprefix("http://")
        found = self.check("--offline", "--set", f"listen={address}", "http://127.0.0.1:9", code=69)
        self.assert_found(found, "error", "listen", f"cannot listen on {address}", "another port")

    def test_a_test_is_not_sent_offline(self):
        self.assert_exit(self.finish("check", "--offline", "--send-test", "http://127.0.0.1:9"), 64)

    def test_a_gateway_with_the_name_of_every_box(self):
        for name in ("localhost", "raspberrypi", "Debian.local"):
            with self.subTest(name):
                found = self.check("--offline", "--set", f"gateway={name}", "http://127.0.0.1:9")
                self.assert_found(found, "warning", "gateway", name, "gateway")

    def test_a_secret_that_everybody_may_read(self):
        token = self.directory / "token"
        token.write_text("sesame")
        secret = f"cloud.auth.bearer_token=${{file:{token}}}"
        token.chmod(0o644)
        found = self.check("--offline", "--set", secret, "http://127.0.0.1:9")
        self.assert_found(found, "warning", "secrets", f"every user of this machine may read {token}", "LoadCredential=")
        self.assertNotIn("sesame", self.program.stdout + self.program.stderr)
        found = self.check("--offline", "--set", f"listen_token=${{file:{token}}}", "http://127.0.0.1:9")
        self.assert_found(found, "warning", "secrets", str(token), "LoadCredential=")
        token.chmod(stat.S_IRUSR)
        if os.getuid() == 0:
            os.chown(token, SERVICE_USER, SERVICE_USER)
        found = self.check("--offline", "--set", secret, "http://127.0.0.1:9")
        self.assertNotIn("secrets", [topic for _, topic, *_ in found])

    def test_a_secret_in_settings_that_everybody_may_read(self):
        settings = self.directory / "settings.yaml"
        settings.write_text("nodes: [http://127.0.0.1:9]\ncloud:\n  auth: {bearer_token: sesame}\nlisten: off\n")
        settings.chmod(0o644)
        found = self.check("--offline", "-c", settings)
        self.assert_found(found, "warning", "secrets", f"the secret in {settings}:3:24", "${cred:NAME}")
        self.assertNotIn("sesame", self.program.stdout + self.program.stderr)
        settings.chmod(0o600)
        self.assertNotIn("may read the secret", str(self.check("--offline", "-c", settings)))

    @unittest.skipUnless(os.getuid() == 0, "only to root everything is readable")
    def test_files_that_a_service_cannot_read(self):
        settings, token, key = (self.directory / name for name in ("settings.yaml", "token", "client.key"))
        made = self.certificates()
        key.write_text((made / "client.key").read_text())
        token.write_text("sesame")
        settings.write_text(
            f"nodes: [http://127.0.0.1:9]\ncloud: {{auth: {{bearer_token: '${{file:{token}}}'}}}}\nlisten: off\n"
            f"poll: {{tls: {{cert: {made / 'client.pem'}, key: {key}}}}}\n"
        )
        for file in (settings, token, key):
            file.chmod(0o600)
        found = self.check("--offline", "-c", settings)
        self.assert_found(found, "warning", "files", f"root alone may read {settings}", f"chmod a+r '{settings}'")
        for secret in (token, key):
            self.assert_found(found, "warning", "secrets", f"root alone may read {secret}", "LoadCredential=")
        found = self.check("--offline", "-c", settings, env={"CREDENTIALS_DIRECTORY": str(self.directory)})
        self.assertNotIn("root alone", str(found))

    def test_a_credential_that_the_service_has(self):
        (self.directory / "cloud-token").write_text("sesame")
        secret = ("--set", "cloud.auth.bearer_token=${cred:cloud-token}", self.node(summary(5, 0.5)).url)
        without = self.finish("check", "--cloud", self.ingest.url, *secret)
        self.assertEqual(without.stdout, "")
        self.assertIn("CREDENTIALS_DIRECTORY=/etc/edge-rollup", without.stderr)
        found = self.check("--offline", *secret)
        self.assert_found(found, "warning", "secrets", "credential of cloud.auth.bearer_token", "CREDENTIALS_DIRECTORY=")
        misspelt = ("--set", "cloud.auth.bearer_token=${cred:clod-token}", secret[-1])
        wrong = self.finish("check", "--offline", "--cloud", self.ingest.url, *misspelt,
                            env={"CREDENTIALS_DIRECTORY": str(self.directory)})
        self.assert_exit(wrong, 64)
        self.assertIn(f"{self.directory}/clod-token", wrong.stderr)
        found = self.check("--send-test", *secret, env={"CREDENTIALS_DIRECTORY": str(self.directory)})
        self.assertNotIn("secrets", [topic for _, topic, *_ in found])
        ((headers, _),) = self.cloud_asked
        self.assertEqual(headers["Authorization"], "Bearer sesame")

    def test_certificates_that_end_soon_and_those_that_have_ended(self):
        made = self.certificates()
        soon = made / "soon.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-new", "-key", made / "server.key", "-subj", "/CN=localhost", "-days", "5"]
            + ["-addext", "subjectAltName=DNS:localhost", "-out", soon],
            check=True,
            capture_output=True,
        )

        def served_with(certificate):
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate, made / "server.key")
            return self.node(summary(5, 0.5), tls=tls).url

        ending, ended, good = (served_with(file) for file in (soon, made / "expired.pem", made / "good.pem"))
        trusted = self.directory / "trusted.pem"
        trusted.write_text((made / "ca.pem").read_text() + soon.read_text())
        trust = ("--set", f"poll.tls.ca={trusted}")
        found = self.check(*trust, ending, ended, good)
        self.assert_found(found, "ok", "nodes", "2 of 3 nodes ok")
        self.assert_found(found, "warning", "tls", f"{ending.removeprefix('https://')} ends in 4 d", "renew it")
        self.assert_found(found, "warning", "nodes", "expired", "renew its certificate")
        self.assert_found(self.check(*trust, good), "ok", "tls", "1 certificate good for")

    def test_a_client_certificate_of_our_own_that_ends_soon(self):
        made = self.certificates()
        own = made / "own.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-new", "-key", made / "client.key", "-subj", "/CN=us", "-days", "5"]
            + ["-out", own],
            check=True,
            capture_output=True,
        )
        ours = ("--set", f"poll.tls.cert={own}", "--set", f"poll.tls.key={made / 'client.key'}")
        self.assert_found(self.check("--offline", *ours, "http://127.0.0.1:9"), "warning", "tls", f"{own} ends in 4 d")

    def test_a_state_directory_of_somebody_else(self):
        if os.getuid() != 0:
            self.skipTest("only root can give a directory away")
        self.state_dir.mkdir(mode=0o700)
        os.chown(self.state_dir, SERVICE_USER, SERVICE_USER)
        found = self.check("--offline", "http://127.0.0.1:9")
        self.assert_found(found, "warning", "state", f"belongs to user {SERVICE_USER}")

    def test_a_state_directory_that_is_none(self):
        self.state_dir.write_text("a file")
        found = self.check("--offline", "http://127.0.0.1:9", code=73)
        self.assert_found(found, "error", "state", "is not a directory", "state_dir")

    def test_more_nodes_than_descriptors(self):
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

        nodes = self.nodes_file([f"http://127.0.0.1:{port}" for port in range(1, 65)])
        found = self.check("--offline", "--nodes", nodes, preexec=few)
        self.assert_found(found, "warning", "descriptors", "64 would be", "LimitNOFILE=")


class Mistakes(Check):
    def test_all_mistakes_of_the_settings_are_told_at_once(self):
        settings = self.directory / "settings.yaml"
        settings.write_text("nods: []\npoll: {timeout: 5}\ncloud: {auth: {bearer_token: '${file:/nowhere/token}'}}\n")
        as_text, as_json = (self.finish("check", "-c", settings, *form) for form in ((), ("--json",)))
        for check in (as_text, as_json):
            self.assert_exit(check, 78)
        self.assertEqual((as_text.stdout, as_json.stderr), ("", ""))
        told = json.loads(as_json.stdout)
        self.assertEqual((told["verdict"], told["cost"], len(told["findings"])), ("error", None, 1))
        for words in (f"{settings}:1:1", "did you mean 'nodes'", f"{settings}:2:", "/nowhere/token"):
            self.assertIn(words, as_text.stderr)
            self.assertIn(words, told["findings"][0]["what"])

    def test_it_can_be_interrupted(self):
        silent = self.node(never)
        asked = ("check", "--timeout", "60s", "--state-dir", self.state_dir, "--cloud", self.ingest.url)
        check = self.start(*asked, silent.url)
        wait_until(lambda: silent.requests, "the node is asked")
        check.signal(signal.SIGINT)
        self.assert_exit(check, 130)


if __name__ == "__main__":
    main()
