"""Lists of nodes that change while the daemon runs: files that are watched, and an http list that its server keeps."""

import json
import os
import signal

from aiohttp import web
from harness import IntegrationTest, main
from peers import summary
from program import wait_until


def names(rollup):
    return [entry["node"] for entry in rollup["node_data"]]


class Fleet(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.server = self.nginx(*[{"record_count": 1, "quality_score": 1}] * 4)
        self.hosts = [url.removeprefix("http://") for url in self.server.urls]

    def config(self, **keys):
        file = self.directory / "edge-rollup.yaml"
        keys = {"poll": {"interval": "200ms"}, **keys}
        file.write_text(json.dumps(keys))  # JSON is YAML
        return file

    def write_list(self, file, hosts, **labels):
        fresh = file.with_suffix(".fresh")
        fresh.write_text(self.list_text(hosts, **labels))
        os.rename(fresh, file)

    @staticmethod
    def list_text(hosts, **labels):
        return json.dumps([{"targets": hosts, "labels": labels}])

    def wait_for_nodes(self, cloud, hosts):
        """Until a rollup has come that is about exactly these nodes, all of them ok."""

        def arrived():
            return next((each for each in reversed(cloud.accepted) if names(each.json) == hosts), None)

        received = wait_until(arrived, f"a rollup of {hosts}")
        self.assertEqual(received.rollup["coverage"]["ok"], len(hosts))
        self.assert_valid_rollup(received.json)
        return received

    def wait_for_rounds(self, cloud, count):
        have = len(cloud.accepted)
        wait_until(lambda: len(cloud.accepted) >= have + count, f"{count} more rounds")


class WatchedFiles(Fleet):
    def test_an_edited_list_counts_from_the_next_round_on_and_kept_nodes_keep_their_connections(self):
        file = self.nodes_file(self.server.urls[:2])
        cloud = self.cloud()
        daemon = self.start_run(cloud, "--nodes", file, "--interval", "200ms")
        self.wait_for_nodes(cloud, self.hosts[:2])

        file.write_text("\n".join(self.server.urls[1:]) + "\n")
        self.wait_for_nodes(cloud, self.hosts[1:])
        self.assertIn(
            f"nodes changed: 2 added ({self.hosts[2]}, {self.hosts[3]}), 1 removed ({self.hosts[0]})", daemon.stderr
        )

        for text in ("http://[half", "http://[half\n# go on"):  # the second says nothing new
            file.write_text(text)
            self.wait_for_rounds(cloud, 5)
        wait_until(lambda: "cannot be used" in daemon.stderr, "the broken edit is told")
        self.wait_for_rounds(cloud, 5)
        self.assertEqual(names(cloud.accepted[-1].json), self.hosts[1:])
        self.assertEqual(daemon.stderr.count("cannot be used"), 1)

        file.write_text("\n".join(self.server.urls[1:]) + "\n")
        wait_until(lambda: "is good again" in daemon.stderr, "the mended list is told")
        self.stop_run(daemon)
        for address in self.server.addresses:
            connections = self.server.connections()[address]
            self.assertEqual((address, len(set(connections))), (address, 1))

    def test_files_that_a_pattern_matches_come_and_go(self):
        lists = self.directory / "nodes.d"
        cloud = self.cloud()
        config = self.config(node_files=[str(lists / "*.json")], cloud={"url": cloud.endpoint})
        daemon = self.start("run", "-c", config, "--state-dir", self.state_dir, "--listen", "off")
        wait_until(lambda: "rounds begin when one does" in daemon.stderr, "the daemon waits for nodes")
        lists.mkdir()
        self.write_list(lists / "a.json", self.hosts[:1], site="north")
        received = self.wait_for_nodes(cloud, self.hosts[:1])
        self.assertEqual(received.json["node_data"][0]["labels"], {"site": "north"})
        self.write_list(lists / "b.json", self.hosts[1:3])
        self.wait_for_nodes(cloud, self.hosts[:3])
        (lists / "a.json").unlink()
        self.wait_for_nodes(cloud, self.hosts[1:3])
        (lists / "b.json").unlink()
        wait_until(lambda: "the lists name no node any more" in daemon.stderr, "the last list is gone")
        self.wait_for_rounds(cloud, 2)
        self.assertEqual(names(cloud.accepted[-1].json), self.hosts[1:3])
        self.stop_run(daemon)

    def test_files_that_listed_nodes_would_be_reached_with_are_read_before_the_start(self):
        file = self.directory / "nodes.json"
        self.write_list(file, self.hosts[:1])
        authorities = self.directory / "absent.pem"
        poll = {"interval": "200ms", "tls": {"ca": str(authorities)}}
        config = self.config(node_files=[str(file)], poll=poll, cloud={"url": self.cloud().endpoint})
        program = self.finish("run", "-c", config, "--state-dir", self.state_dir, "--listen", "off")
        self.assert_exit(program, 66)
        self.assertIn(str(authorities), program.stderr)

    def test_a_list_whose_disk_hangs_holds_up_neither_rounds_nor_the_end(self):
        lists = [self.directory / f"{name}.json" for name in ("north", "south")]
        for file, host in zip(lists, self.hosts):
            self.write_list(file, [host])
        cloud = self.cloud()
        config = self.config(node_files=[str(file) for file in lists], cloud={"url": cloud.endpoint}, listen="127.0.0.1:0")
        daemon = self.start("run", "-c", config, "--state-dir", self.state_dir)
        self.wait_for_nodes(cloud, self.hosts[:2])
        with self.hanging(lists[1]) as somebody_opens_it:
            self.write_list(lists[0], [self.hosts[2]])
            wait_until(somebody_opens_it.is_set, "the lists are read")
            self.wait_for_rounds(cloud, 3)
            self.stop_run(daemon, limit=15)
        self.assertEqual(names(cloud.accepted[-1].json), self.hosts[:2])

        for command, code in (("run", 0), ("once", 130)):
            with self.hanging(lists[0]) as somebody_opens_it:
                waiting = self.start(command, "-c", config, "--state-dir", self.directory / command)
                wait_until(somebody_opens_it.is_set, f"the first round of {command} waits for the list")
                waiting.signal(signal.SIGINT)
                self.assertEqual(waiting.wait(15), code, waiting.report())

    def test_a_list_that_broke_while_nobody_watched_is_taken_from_the_run_before(self):
        file = self.directory / "nodes.json"
        self.write_list(file, self.hosts[:2])
        cloud = self.cloud()
        config = self.config(node_files=[str(file)], cloud={"url": cloud.endpoint})
        first = self.start("run", "-c", config, "--state-dir", self.state_dir, "--listen", "off")
        self.wait_for_nodes(cloud, self.hosts[:2])
        first.signal(signal.SIGKILL)
        first.wait()

        file.write_text('[{"targets": [')
        have = len(cloud.accepted)
        again = self.start("run", "-c", config, "--state-dir", self.state_dir, "--listen", "off")
        wait_until(lambda: len(cloud.accepted) > have + 1, "rounds go on")
        self.assertEqual(names(cloud.accepted[-1].json), self.hosts[:2])
        self.assertIn("is taken from an earlier run: 2 nodes, 0 minutes old", again.stderr)
        self.stop_run(again)
        for kept in (self.state_dir / "lists").iterdir():
            self.assertEqual(kept.stat().st_mode & 0o777, 0o600)


class HttpList(Fleet):
    def inventory(self):
        """A server whose list is self.listed."""
        self.listed = self.hosts[:2]
        self.asked = []

        def answer(request):
            self.asked.append(request.headers.get("X-Prometheus-Refresh-Interval-Seconds"))
            return web.json_response([{"targets": self.listed}])

        return self.node(answer)

    def start_daemon(self, cloud, inventory):
        config = self.config(
            node_http={"url": inventory.url + "/sd", "refresh": "1s"}, cloud={"url": cloud.endpoint}
        )
        return self.start("run", "-c", config, "--state-dir", self.state_dir, "--listen", "off")

    def test_the_list_is_refreshed_and_outlives_its_server_and_the_daemon(self):
        inventory = self.inventory()
        cloud = self.cloud()
        daemon = self.start_daemon(cloud, inventory)
        self.wait_for_nodes(cloud, self.hosts[:2])
        self.listed = self.hosts[1:]
        self.wait_for_nodes(cloud, self.hosts[1:])
        self.assertEqual(set(self.asked), {"1"})

        self.listed = []
        wait_until(lambda: "the list names no node" in daemon.stderr, "the empty list is refused")
        self.wait_for_rounds(cloud, 2)
        self.assertEqual(names(cloud.accepted[-1].json), self.hosts[1:])

        inventory.stop()
        daemon.signal(signal.SIGKILL)
        daemon.wait()
        have = len(cloud.accepted)
        again = self.start_daemon(cloud, inventory)
        wait_until(lambda: len(cloud.accepted) > have + 1, "rounds go on")
        self.assertEqual(names(cloud.accepted[-1].json), self.hosts[1:])
        self.assertIn("is taken from an earlier run", again.stderr)

        self.listed = self.hosts[:1]
        inventory.start()
        self.wait_for_nodes(cloud, self.hosts[:1])
        self.stop_run(again)

    def test_without_any_list_run_waits_and_once_says_why_it_cannot(self):
        inventory = self.inventory()
        inventory.stop()
        cloud = self.cloud()
        daemon = self.start_daemon(cloud, inventory)
        wait_until(lambda: "rounds begin when one does" in daemon.stderr, "the daemon waits for nodes")
        self.assertEqual(cloud.received, [])

        config = self.config(node_http={"url": inventory.url + "/sd"})
        once = self.finish("once", "--dry-run", "-c", config)
        self.assert_exit(once, 69)
        self.assertIn(f"{inventory.url}/sd", once.stderr)

        inventory.start()
        self.wait_for_nodes(cloud, self.hosts[:2])
        self.stop_run(daemon)

        once = self.finish("once", "--dry-run", "--json", "-c", config)
        self.assert_exit(once, 0)
        self.assertEqual(names(json.loads(once.stdout)), self.hosts[:2])


class Clocks(IntegrationTest):
    def test_a_node_whose_clock_is_ahead_is_unknown_and_warned_of_once(self):
        node = self.node(summary(5, 0.5, "2099-01-01T00:00:00Z"))
        cloud = self.cloud()
        daemon = self.start_run(cloud, "--interval", "200ms", "--rounds", "4", node.url)
        self.assertEqual(daemon.wait(), 0)
        self.assertEqual({each.json["node_data"][0]["freshness"] for each in cloud.accepted}, {"unknown"})
        self.assertEqual(daemon.stderr.count("is ahead of ours"), 1)


if __name__ == "__main__":
    main()
