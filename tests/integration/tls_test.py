"""Nodes and a cloud behind TLS, with certificates good and bad."""

import contextlib
import json
import pathlib
import socket
import ssl
import subprocess
import threading
import warnings

from harness import IntegrationTest, entries_by_url, main
from peers import summary
from program import WAIT_LIMIT

CERTIFICATES = pathlib.Path(__file__).resolve().parents[1] / "support" / "certificates.sh"
VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
ROUNDS = 3

GOOD = summary(5, 0.5)


def closing(request):
    response = GOOD(request)
    response.force_close()
    return response


BLUNT_BODY = b'{"record_count": 5, "quality_score": 0.5}'
ENDED_BY_CLOSE = b"HTTP/1.1 200 OK\r\n\r\n" + BLUNT_BODY
WITH_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BLUNT_BODY), BLUNT_BODY)


class BluntNode:
    """Closes without a close_notify behind its answer; tells the other side, as asyncio does not, why a handshake failed."""

    def __init__(self, tls, answer=ENDED_BY_CLOSE):
        self._tls = tls
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"https://localhost:{self._listener.getsockname()[1]}"

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # stopped
            with contextlib.suppress(ssl.SSLError), connection:
                connection.settimeout(WAIT_LIMIT)
                with self._tls.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(4096)
                    secured.sendall(self._answer)

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(WAIT_LIMIT)
        self._listener.close()


class Tls(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.made = self.directory / "certificates"
        self.made.mkdir()
        subprocess.run(["sh", CERTIFICATES, self.made], check=True)
        self.trust = {"SSL_CERT_FILE": str(self.made / "ca.pem")}

    def tls(self, certificate="good", version=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.made / f"{certificate}.pem", self.made / f"{certificate}.key")
        if version:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.1
                context.minimum_version = context.maximum_version = version
            if version < ssl.TLSVersion.TLSv1_2:
                context.set_ciphers("ALL:@SECLEVEL=0")
        return context

    def entries(self, *urls, env=None):
        """What one round says of each URL."""
        once = self.finish("once", "--dry-run", "--json", *urls, env=self.trust if env is None else env)
        self.assert_exit(once, 0)
        body = json.loads(once.stdout)
        self.assert_valid_rollup(body)
        return entries_by_url(body)

    def assert_refused(self, entry, kind, says):
        self.assertEqual((entry["status"], entry.get("error_kind")), ("error", kind), entry)
        self.assertIn(says, entry["error_message"])

    def test_nodes_of_tls_1_2_and_1_3_answer_by_name_and_by_address(self):
        urls = []
        for version in VERSIONS:
            node = self.node(GOOD, tls=self.tls(version=version))
            urls += [node.url, node.url.replace("localhost", "127.0.0.1")]
        entries = self.entries(*urls)
        self.assertEqual([entries[url]["status"] for url in urls], ["success"] * len(urls), entries)

    def test_each_bad_certificate_is_told_and_harms_no_other_node(self):
        bad = {
            "expired": "expired at 2021-01-01",
            "not-yet-valid": "not yet valid",
            "self-signed": "self-signed",
            "wrong-host": "not for localhost but for elsewhere.example",
            "cn-only": "it names no host",
            "unknown-issuer": 'unknown issuer: the certificate comes from "Nobody Knows"',
        }
        good = self.node(GOOD, tls=self.tls())
        nodes = {name: self.node(GOOD, tls=self.tls(name)) for name in bad}
        entries = self.entries(good.url, *(node.url for node in nodes.values()))
        self.assertEqual(entries[good.url]["record_count"], 5)
        for name, says in bad.items():
            with self.subTest(certificate=name):
                self.assert_refused(entries[nodes[name].url], "tls", says)
                self.assertEqual(nodes[name].requests, 0)

    def test_nothing_but_the_system_store_is_trusted_by_itself(self):
        node = self.node(GOOD, tls=self.tls())
        self.assert_refused(self.entries(node.url, env={})[node.url], "tls", "unknown issuer")

    def test_tls_1_1_is_refused(self):
        node = self.keep(BluntNode(self.tls(version=ssl.TLSVersion.TLSv1_1)))
        self.assert_refused(self.entries(node.url)[node.url], "tls", "TLS 1.2")

    def test_tls_on_a_plain_port_and_plain_on_a_tls_port(self):
        plain = self.node(GOOD)
        secured = self.node(GOOD, tls=self.tls())
        tls_on_plain = plain.url.replace("http:", "https:")
        plain_on_tls = secured.url.replace("https:", "http:")
        entries = self.entries(tls_on_plain, plain_on_tls)
        self.assert_refused(entries[tls_on_plain], "tls", "does not speak TLS")
        self.assert_refused(entries[plain_on_tls], "reset", "closed before any answer")

    def test_a_body_that_ends_without_close_notify_is_cut(self):
        node = self.keep(BluntNode(self.tls()))
        self.assert_refused(self.entries(node.url)[node.url], "reset", "without a TLS close_notify")

    def test_a_node_that_wants_a_client_certificate_answers_only_with_it(self):
        demanding = self.tls()
        demanding.load_verify_locations(self.made / "ca.pem")
        demanding.verify_mode = ssl.CERT_REQUIRED
        node = self.keep(BluntNode(demanding, WITH_LENGTH))
        self.assert_refused(self.entries(node.url)[node.url], "tls", "it asks for a client certificate")
        settings = {"ca": "ca.pem", "cert": "client.pem", "key": "client.key"}
        flags = [word for key, file in settings.items() for word in ("--set", f"poll.tls.{key}={self.made / file}")]
        entries = self.entries(*flags, node.url, env={})
        self.assertEqual(entries[node.url]["record_count"], 5)

    def run_rounds(self, node, cloud):
        daemon = self.start_run(cloud, node.url, "--interval", "200ms", "--rounds", ROUNDS, env=self.trust)
        self.assert_exit(daemon, 0)
        self.assertEqual([each.rollup["coverage"]["ok"] for each in cloud.accepted], [1] * ROUNDS)
        self.assert_delivered_in_order(cloud)

    def test_rounds_keep_their_connection_and_the_cloud_gets_every_rollup(self):
        connections = set()

        def answer(request):
            connections.add(request.transport.get_extra_info("peername"))
            return GOOD(request)

        self.run_rounds(self.node(answer, tls=self.tls()), self.cloud(tls=self.tls()))
        self.assertEqual(len(connections), 1)

    def test_a_connection_that_was_not_kept_is_resumed(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                resumed = []

                def answer(request):
                    resumed.append(request.transport.get_extra_info("ssl_object").session_reused)
                    return closing(request)

                self.state_dir = self.directory / f"state-{version.name}"
                self.run_rounds(self.node(answer, tls=self.tls(version=version)), self.cloud())
                self.assertEqual(resumed, [False] + [True] * (ROUNDS - 1))

    def test_a_cloud_with_a_bad_certificate_gets_nothing_and_loses_nothing(self):
        cloud = self.cloud(tls=self.tls("expired"))
        node = self.node(GOOD)
        once = self.finish("once", node.url, "--cloud", cloud.endpoint, "--state-dir", self.state_dir, env=self.trust)
        self.assert_exit(once, 75)
        self.assertIn("expired", once.stdout)
        self.assertEqual(cloud.received, [])


if __name__ == "__main__":
    main()
