"""The daemon as a service of systemd: what it says on the notify socket, with a socket of the test in systemd's place."""

import json
import shutil
import signal
import socket
import threading
import time
import unittest

from harness import IntegrationTest, main
from peers import summary
from program import EDGE_ROLLUP, Program, wait_until

PATIENCE = 1.0  # seconds that systemd waits for a sign of life
DISK_STALL = 6.0  # seconds
SLOW_OPENING = 7.0  # seconds; longer than the pace in which the daemon asks for patience


def strace(tampering):
    """Before a command: its disk does as told. The service is still our child (-D), as it would be systemd's."""
    return ("strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync", "-e", tampering)


class Systemd:
    """Hears what a service says, and when."""

    def __init__(self, directory):
        self.path = directory / "notify"
        self.said = []  # (time, assignment)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self):
        while message := self._socket.recv(4096).decode():
            self.said += [(time.monotonic(), assignment) for assignment in message.split("\n")]

    def stop(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ender:
            ender.sendto(b"", str(self.path))
        self._listener.join()
        self._socket.close()

    def report(self):
        return "systemd heard: " + repr([assignment for _, assignment in self.said])

    @property
    def environment(self):
        return {"NOTIFY_SOCKET": str(self.path)}

    def heard(self, assignment):
        return [when for when, said in self.said if said == assignment]

    def order(self, *names):
        """What was said by these names, without repetitions of what comes often."""
        told = [said.split("=")[0] for _, said in self.said]
        return [name for at, name in enumerate(told) if name in names and told[at - 1 : at] != [name]]

    @property
    def status(self):
        return next((said.removeprefix("STATUS=") for _, said in reversed(self.said) if said.startswith("STATUS=")), "")


class Service(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.systemd = self.keep(Systemd(self.directory))
        self.file = self.directory / "edge-rollup.yaml"

    def write(self, cloud, *nodes, interval="200ms"):
        keys = {"poll": {"interval": interval}, "cloud": {"url": cloud.endpoint}, "listen": "off"}
        keys["nodes"] = [node.url for node in nodes]
        self.file.write_text(json.dumps(keys).replace('"off"', "off"))  # in quotes it were an address

    def start_service(self, *prefix, **environment):
        words = [*prefix, EDGE_ROLLUP, "run", "-c", self.file, "--state-dir", self.state_dir]
        return self.keep(Program(self.directory, *words, env={**self.systemd.environment, **environment}))

    def wait_for_status(self, part):
        wait_until(lambda: part in self.systemd.status, f"the status says '{part}'")


class Notify(Service):
    def test_a_life_from_start_to_end(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, node, interval="1h")
        service = self.start_service()
        self.wait_for_status("1 of 1 nodes ok, outbox 0")
        self.assertEqual(self.systemd.order("READY", "STATUS", "RELOADING", "STOPPING"), ["READY", "STATUS"])

        before = time.clock_gettime(time.CLOCK_MONOTONIC)
        service.signal(signal.SIGHUP)
        wait_until(lambda: len(self.systemd.heard("READY=1")) == 2, "the reload is over")
        reloads = [said for _, said in self.systemd.said if said.startswith("MONOTONIC_USEC=")]
        began = int(reloads[0].removeprefix("MONOTONIC_USEC=")) / 1e6
        self.assertTrue(before <= began <= time.clock_gettime(time.CLOCK_MONOTONIC), reloads)

        self.stop_run(service)
        order = self.systemd.order("READY", "RELOADING", "STOPPING")
        self.assertEqual(order, ["READY", "RELOADING", "READY", "STOPPING"])
        self.assertIn("EXTEND_TIMEOUT_USEC=30000000", [said for _, said in self.systemd.said])
        self.assertFalse(self.systemd.heard("WATCHDOG=1"), "nobody asked for it")

    def test_the_status_follows_nodes_a_hold_and_a_reload_that_failed(self):
        good, bad = self.node(summary(1, 1)), self.node(summary(-1, 1))
        answers = [401]
        cloud = self.cloud(lambda received: answers[0])
        self.write(cloud, good, bad)
        service = self.start_service()
        self.wait_for_status("1 of 2 nodes ok, outbox ")
        self.wait_for_status("; delivery holds since 20")
        self.assertIn("the cloud answers 401 Unauthorized: check cloud.auth", self.systemd.status)
        answers[0] = 202
        self.file.write_text("cloud: {url: ftp://x}\n")
        service.signal(signal.SIGHUP)
        self.wait_for_status("the last reload failed")
        self.assertIn(f"2 mistakes in the settings, first {self.file}:1:1: no nodes; ", self.systemd.status)
        self.write(cloud, good)
        service.signal(signal.SIGHUP)
        wait_until(lambda: self.systemd.status == "1 of 1 nodes ok, outbox 0", "all is well")
        self.stop_run(service)

    def test_a_start_that_fails_is_never_ready(self):
        self.file.write_text("cloud: {url: ftp://x}\n")
        service = self.start_service()
        self.assert_exit(service, 78)
        self.assertEqual(self.systemd.said, [])

    def test_a_start_whose_port_is_taken_is_never_ready(self):
        cloud = self.cloud()
        self.write(cloud, self.node(summary(1, 1)))
        service = self.start_service(EDGE_ROLLUP_LISTEN=f"{cloud.address}:{cloud.port}")
        self.assert_exit(service, 69)
        self.assertIn(f"{cloud.address}:{cloud.port}", service.stderr)
        self.assertEqual(self.systemd.order("READY", "STATUS"), [])
        self.assertNotIn("delivering to", service.stderr, "it is told that it has started")

    @unittest.skipIf(shutil.which("strace") is None, "strace is not installed")
    def test_an_outbox_that_takes_long_to_open_asks_for_patience(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, node)
        slow = f"inject=fdatasync,fsync:delay_enter={int(SLOW_OPENING * 1e6)}:when=1"
        service = self.start_service(*strace(slow))
        wait_until(lambda: self.systemd.heard("READY=1"), "the service is ready", limit=120)
        self.assertEqual(self.systemd.order("EXTEND_TIMEOUT_USEC", "READY"), ["EXTEND_TIMEOUT_USEC", "READY"])
        self.assertIn("EXTEND_TIMEOUT_USEC=30000000", [said for _, said in self.systemd.said])
        self.stop_run(service)


class Watchdog(Service):
    def start_watched(self, *prefix):
        service = self.start_service(*prefix, WATCHDOG_USEC=str(int(PATIENCE * 1e6)))
        wait_until(lambda: len(self.systemd.heard("WATCHDOG=1")) > 2, "signs of life")
        return service

    def longest_silence(self, since, until):
        signs = [since, *(when for when in self.systemd.heard("WATCHDOG=1") if since < when < until), until]
        return max(later - earlier for earlier, later in zip(signs, signs[1:]))

    def test_it_is_fed_while_the_daemon_lives_and_not_while_it_is_stopped(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, node)
        service = self.start_watched()
        service.signal(signal.SIGSTOP)
        quiet_from = time.monotonic() + 0.1
        have = len(self.systemd.heard("WATCHDOG=1"))
        wait_until(lambda: time.monotonic() > quiet_from + 2 * PATIENCE, "time has passed")
        self.assertLessEqual(len(self.systemd.heard("WATCHDOG=1")) - have, 1)
        service.signal(signal.SIGCONT)
        wait_until(lambda: len(self.systemd.heard("WATCHDOG=1")) > have + 2, "signs of life again")
        self.stop_run(service)

    @unittest.skipIf(shutil.which("strace") is None, "strace is not installed")
    def test_a_disk_that_hangs_ends_the_signs_of_life_until_it_answers(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, node, interval="1s")
        slow = f"inject=fdatasync,fsync:delay_enter={int(DISK_STALL * 1e6)}:when=40"
        service = self.start_watched(*strace(slow))
        began = time.monotonic()
        silence = lambda: self.longest_silence(began, time.monotonic()) > DISK_STALL / 2
        wait_until(silence, "the watchdog is not fed", limit=120)
        have = len(self.systemd.heard("WATCHDOG=1"))
        wait_until(lambda: len(self.systemd.heard("WATCHDOG=1")) > have, "the disk is back")
        self.stop_run(service)


if __name__ == "__main__":
    main()
