"""The daemon's own server under load: many clients, hasty, slow and hostile ones."""

import os
import select
import socket
import threading
import time

from admin_bench import AdminTest
from harness import main
from peers import new_address
from program import wait_until

FLOOD = 200


class ManyScrapes(AdminTest):
    """As many clients as there is room for ask for metrics at once and do not read them."""

    def connect(self):
        connection = socket.socket()
        self.addCleanup(connection.close)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((self.address.hostname, self.address.port))
        return connection

    def test_they_share_one_text(self):
        nodes = self.nodes_file(self.stub_nodes("ok", count=1000))
        daemon = self.start_run(self.cloud(), "--nodes", nodes, "--listen", "127.0.0.1:0")
        self.wait_for_address(daemon)
        wait_until(lambda: self.ask("/readyz").status == 200, "the daemon is ready")
        size = len(self.ask("/metrics").body)
        self.assertGreater(size, 150_000)
        memory_before = self.metric("process_resident_memory_bytes")
        deaf = [self.connect() for _ in range(120)]
        for connection in deaf:
            connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for connection in deaf:
            self.assertTrue(connection.recv(64).startswith(b"HTTP/1.1 200 "))
        self.assertLess(self.metric("process_resident_memory_bytes") - memory_before, 60 * size)
        self.stop_run(daemon)


class Haste(AdminTest):
    """A client that sends requests without end and takes every answer."""

    def send_without_end(self, payload, until):
        with socket.create_connection((self.address.hostname, self.address.port), 5) as connection:
            connection.setblocking(False)
            while time.monotonic() < until:
                readable, writable, _ = select.select([connection], [connection], [], 1)
                try:
                    if readable and not connection.recv(1 << 20):
                        return
                    if writable:
                        connection.send(payload)
                except BlockingIOError:
                    pass
                except OSError:
                    return

    def test_it_holds_up_neither_rounds_nor_others(self):
        daemon = self.start_listening()
        rounds_before = self.metric("edge_rollup_rounds_total")
        until = time.monotonic() + 5
        attacks = [b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n" * 1000, b"\r\n" * 30000]
        hasty = [threading.Thread(target=self.send_without_end, args=(attack, until)) for attack in attacks]
        for each in hasty:
            each.start()
        while time.monotonic() < until:
            asked_at = time.monotonic()
            self.assertEqual(self.ask("/livez").status, 200)
            self.assertLess(time.monotonic() - asked_at, 2)
        for each in hasty:
            each.join()
        self.assertGreaterEqual(self.metric("edge_rollup_rounds_total") - rounds_before, 2)
        self.stop_run(daemon)


class LargeFleet(AdminTest):
    """Many clients ask again and again for the dearest page there is, on a fleet of thousands of dead nodes."""

    NODES = 5000
    REQUEST = b"GET /api/v1/nodes?sort=name&limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n"

    def start_with_many_nodes(self):
        address = new_address()
        nodes = self.nodes_file([f"http://{address}:{port}" for port in range(1, self.NODES + 1)])
        daemon = self.start_run(self.cloud(), "--nodes", nodes, "--interval", "10s", "--listen", "127.0.0.1:0")
        self.wait_for_address(daemon)
        wait_until(lambda: self.ask("/readyz").status == 200, "the daemon is ready")
        return daemon

    def connect(self):
        connection = socket.create_connection((self.address.hostname, self.address.port), 5)
        connection.sendall(self.REQUEST)
        connection.setblocking(False)
        return connection

    def ask_until(self, until, begun):
        """`begun`: takes the status of each answer that begins to come."""
        asking = [self.connect() for _ in range(FLOOD)]
        while time.monotonic() < until:
            readable, _, _ = select.select(asking, [], [], 0.1)
            for connection in readable:
                try:
                    came = connection.recv(1 << 20)
                    if came.startswith(b"HTTP/1.1 "):
                        begun.add(came[9:12])
                    if came.endswith(b"}"):
                        connection.sendall(self.REQUEST)
                    if came:
                        continue
                except OSError:
                    pass
                connection.close()
                asking[asking.index(connection)] = self.connect()
        for connection in asking:
            connection.close()

    def test_pages_of_nodes_hold_up_neither_rounds_nor_others(self):
        daemon = self.start_with_many_nodes()
        rounds_before = self.metric("edge_rollup_rounds_total")
        began = time.monotonic()
        until = began + 12
        begun = set()
        crowd = threading.Thread(target=self.ask_until, args=(until, begun))
        crowd.start()
        while time.monotonic() < until:
            asked_at = time.monotonic()
            self.assertEqual(self.ask("/livez").status, 200)
            self.assertLess(time.monotonic() - asked_at, 5)
            self.assertEqual(self.ask("/metrics").status, 200)
        crowd.join()
        self.assertLess(self.metric("edge_rollup_event_loop_lag_seconds"), 1)
        self.assertIn(b"503", begun)
        self.assertLessEqual(begun, {b"200", b"503"})
        self.assertGreaterEqual(self.metric("edge_rollup_rounds_total") - rounds_before, 1)
        self.assertEqual(self.metric("edge_rollup_rounds_skipped_total"), 0)
        self.stop_run(daemon)


class Flood(AdminTest):
    """Slow clients send a request a byte at a time; hostile ones send nonsense, take no answers, come again and again."""

    def connect(self):
        try:
            connection = socket.create_connection((self.address.hostname, self.address.port), 5)
        except OSError:
            return None
        connection.setblocking(False)
        return connection

    def poke(self, connection, data):
        """False where the server has ended the connection."""
        try:
            connection.send(data)
            readable, _, _ = select.select([connection], [], [], 0)
            return not readable or connection.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def test_slow_and_hostile_clients_change_nothing_for_others(self):
        daemon = self.start_listening()
        rounds_before = self.metric("edge_rollup_rounds_total")
        memory_before = self.metric("process_resident_memory_bytes")
        began = time.monotonic()
        attacks = [b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200, os.urandom(2000), b"\r\n" * 500,
                   b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n" + b"x" * 4000]
        slow = [self.connect() for _ in range(FLOOD)]
        hostile = [self.connect() for _ in range(FLOOD)]
        answers = 0
        while time.monotonic() - began < 12:
            for group, payload in ((slow, lambda number: b"X"), (hostile, lambda number: attacks[number % len(attacks)])):
                for number, connection in enumerate(group):
                    if connection is None or not self.poke(connection, payload(number)):
                        if connection is not None:
                            connection.close()
                        group[number] = self.connect()
            asked_at = time.monotonic()
            self.assertEqual(self.ask("/livez").status, 200)
            self.assertLess(time.monotonic() - asked_at, 5)
            answers += 1
        for connection in slow + hostile:
            if connection is not None:
                connection.close()
        self.assertGreater(answers, 2)
        elapsed = time.monotonic() - began
        rounds = self.metric("edge_rollup_rounds_total") - rounds_before
        self.assertGreaterEqual(rounds, elapsed / 1.0 - 3)  # one a second
        self.assertEqual(self.metric("edge_rollup_rounds_skipped_total"), 0)
        self.assertLess(self.metric("process_resident_memory_bytes") - memory_before, 64 * 2**20)
        self.assertLess(self.metric("process_open_fds"), 200)
        self.stop_run(daemon)


if __name__ == "__main__":
    main()
