"""What stands between a rollup and its cloud: answers of every kind, tokens, compression, proxies, client certificates."""

import contextlib
import pathlib
import select
import socket
import ssl
import subprocess
import threading

from harness import IntegrationTest, main
from peers import summary
from program import wait_until

CERTIFICATES = pathlib.Path(__file__).resolve().parents[1] / "support" / "certificates.sh"
FAST = ("--interval", "200ms")
QUICK_RETRY = ("--set", "cloud.retry.first=50ms", "--set", "cloud.retry.max=200ms")
NAME_NOBODY_KNOWS = "cloud.invalid"

RETRIED = (408, 409, 425, 429, 500, 501, 502, 503, 504, 599)
REFUSED = (400, 413, 422)
HELD = (301, 307, 401, 402, 403, 404, 405, 407, 410, 411, 415, 418, 451)


class Tunnels:
    """A proxy for CONNECT that leads to one peer, whatever name is asked for. Keeps the heads of all requests."""

    def __init__(self, peer_port, wants=None):
        self.heads = []
        self._peer_port = peer_port
        self._wants = wants
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # stopped
            threading.Thread(target=self._lead, args=(client,), daemon=True).start()

    def _lead(self, client):
        with client:
            head = client.recv(8192).decode()
            self.heads.append(head)
            if self._wants and f"Proxy-Authorization: {self._wants}" not in head:
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", self._peer_port)) as peer:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                ends = {client: peer, peer: client}
                with contextlib.suppress(ConnectionError):  # an end that resets ends the other
                    self._relay(ends)

    def _relay(self, ends):
        while True:
            for ready in select.select(list(ends), [], [])[0]:
                data = ready.recv(65536)
                if not data:
                    return
                ends[ready].sendall(data)

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


class Delivery(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.polled = self.node(summary(5, 0.5))

    def start_delivery(self, cloud, *arguments, **how):
        return self.start_run(cloud, self.polled.url, *FAST, *arguments, **how)

    def settings(self, text):
        file = self.directory / "edge-rollup.yaml"
        file.write_text(text)
        return file

    def assert_all_arrive(self, daemon, cloud, count=3):
        wait_until(lambda: len(cloud.accepted) >= count, f"{count} rollups arrived")
        self.stop_run(daemon)
        self.assert_delivered_in_order(cloud)

    def test_what_is_not_the_rollups_fault_is_tried_again_until_it_is_taken(self):
        for status in RETRIED + HELD:
            with self.subTest(status=status):
                self.state_dir = self.directory / f"state-{status}"
                cloud = self.cloud(lambda received: status if len(cloud.received) == 1 else 202)
                daemon = self.start_delivery(cloud, *QUICK_RETRY)
                self.assert_all_arrive(daemon, cloud, count=2)
                self.assertEqual([each.sequence for each in cloud.received[:3]], [1, 1, 2])
                self.assertIn(f"answers {status}", daemon.stderr)
                cloud.stop()

    def test_a_refused_rollup_steps_aside_and_is_dead_once_the_next_is_taken(self):
        for status in REFUSED:
            with self.subTest(status=status):
                self.state_dir = self.directory / f"state-{status}"
                cloud = self.cloud(lambda received: status if received.sequence == 1 else 202)
                daemon = self.start_delivery(cloud)
                wait_until(lambda: len(cloud.accepted) >= 2, "the two after it arrived")
                self.stop_run(daemon)
                offers = [each.sequence for each in cloud.received]
                others = sorted(set(offers) - {1})
                # Each occasion begins with the oldest, so it may come more than once, but never after a later one.
                self.assertEqual(offers, [1] * offers.count(1) + others)
                self.assertEqual(others, list(range(2, 2 + len(others))))
                self.assertIn(f"answers {status}", daemon.stderr)
                self.assertIn("rollup 1 is a dead letter", daemon.stderr)
                self.assert_one_body_each(cloud.received)
                cloud.stop()

    def test_a_rotated_token_ends_a_hold_without_a_restart(self):
        token = self.directory / "token"
        token.write_text("old\n")
        cloud = self.cloud(lambda received: 202 if received.headers.get("Authorization") == "Bearer new" else 401)
        file = self.settings(f'cloud: {{url: "{cloud.endpoint}", auth: {{bearer_token: "${{file:{token}}}"}}}}\n')
        daemon = self.start_delivery(cloud, "-c", file, "--listen", "off")
        wait_until(lambda: len(cloud.received) >= 3, "it was offered with the old token")
        self.assertIn("check cloud.auth", daemon.stderr)
        token.write_text("new\n")
        self.assert_all_arrive(daemon, cloud)
        self.assertNotIn("Bearer", daemon.stderr)

    def test_a_token_that_cannot_be_read_ends_the_start(self):
        cloud = self.cloud()
        file = self.settings(
            f'cloud: {{url: "{cloud.endpoint}", auth: {{bearer_token: "${{file:{self.directory}/none}}"}}}}\n'
        )
        daemon = self.start_delivery(cloud, "-c", file, "--listen", "off")
        self.assertIn(daemon.wait(), (66, 78), daemon.report())

    def test_bodies_are_packed_once_the_cloud_says_so(self):
        cloud = self.cloud(lambda received: (202, {"Accept-Encoding": "gzip"}))
        self.assert_all_arrive(self.start_delivery(cloud), cloud)
        forms = [each.headers.get("Content-Encoding") for each in cloud.received]
        self.assertEqual(forms[:3], [None, "gzip", "gzip"])

    def test_a_415_turns_packing_off_and_holds_nothing(self):
        cloud = self.cloud(lambda received: 415 if "Content-Encoding" in received.headers else 202)
        self.assert_all_arrive(self.start_delivery(cloud, "--set", "cloud.gzip=on"), cloud)
        forms = [each.headers.get("Content-Encoding") for each in cloud.received]
        self.assertEqual(forms[:3], ["gzip", None, None])

    def test_plain_http_goes_through_the_proxy_of_the_environment(self):
        proxy = self.cloud()
        daemon = self.start(
            "run", self.polled.url, *FAST, "--cloud", f"http://{NAME_NOBODY_KNOWS}/v1", "--state-dir", self.state_dir,
            env={"http_proxy": f"http://me:p%40ss@{proxy.address}:{proxy.port}"},
        )
        self.assert_all_arrive(daemon, proxy)
        self.assertEqual(proxy.received[0].headers["Host"], NAME_NOBODY_KNOWS)
        self.assertEqual(proxy.received[0].headers["Proxy-Authorization"], "Basic bWU6cEBzcw==")
        self.assertNotIn("p@ss", daemon.stderr)

    def make_certificates(self):
        made = self.directory / "certificates"
        made.mkdir()
        subprocess.run(["sh", CERTIFICATES, made], check=True)
        return made

    def secured_cloud(self, made, client_ca=None):
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(made / "good.pem", made / "good.key")
        if client_ca:
            tls.verify_mode = ssl.CERT_REQUIRED
            tls.load_verify_locations(client_ca)
        return self.cloud(tls=tls)

    def test_https_goes_through_a_tunnel(self):
        made = self.make_certificates()
        cloud = self.secured_cloud(made)
        proxy = self.keep(Tunnels(cloud.port, wants="Basic bWU6cHc="))
        arguments = ("--set", f"cloud.tls.ca={made / 'ca.pem'}")
        closed = self.start_delivery(cloud, *arguments, "--set", f"cloud.proxy=http://127.0.0.1:{proxy.port}")
        wait_until(lambda: "the proxy answers 407" in closed.stderr, "the proxy's words were told")
        self.stop_run(closed)
        self.assertEqual(cloud.received, [])
        opened = self.start_delivery(cloud, *arguments, "--set", f"cloud.proxy=http://me:pw@127.0.0.1:{proxy.port}")
        self.assert_all_arrive(opened, cloud)
        self.assertTrue(proxy.heads[-1].startswith(f"CONNECT localhost:{cloud.port} HTTP/1.1\r\n"), proxy.heads[-1])
        self.assertNotIn("Proxy-Authorization", cloud.received[0].headers)

    def test_a_proxy_that_says_nothing_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            daemon = self.start(
                "run", self.polled.url, *FAST, "--cloud", f"https://{NAME_NOBODY_KNOWS}/v1", "--state-dir",
                self.state_dir, "--set", f"cloud.proxy=http://127.0.0.1:{silent.getsockname()[1]}", "--set",
                "cloud.timeout=1s",
            )
            wait_until(lambda: "while waiting for the proxy's answer to CONNECT" in daemon.stderr, "it was told")
            self.stop_run(daemon)

    def test_a_cloud_that_wants_a_client_certificate_gets_it(self):
        made = self.make_certificates()
        cloud = self.secured_cloud(made, client_ca=made / "ca.pem")
        trust = ("--set", f"cloud.tls.ca={made / 'ca.pem'}")
        identity = ("--set", f"cloud.tls.cert={made / 'client.pem'}", "--set", f"cloud.tls.key={made / 'client.key'}")
        self.assert_all_arrive(self.start_delivery(cloud, *trust, *identity), cloud)


if __name__ == "__main__":
    main()
