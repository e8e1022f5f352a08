"""Settings that change while the daemon runs."""

import json
import os
import signal

from harness import IntegrationTest, main
from peers import never, summary
from program import wait_until

FAR = "1h"  # an interval in which nothing happens by itself


class Reload(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.file = self.directory / "edge-rollup.yaml"

    def write(self, peer, nodes, **keys):
        always = {"poll": {"interval": "200ms"}, "cloud": {"url": peer.endpoint}, "listen": "off"}
        keys = {**always, "nodes": list(nodes), **keys}
        self.file.write_text(json.dumps(keys).replace('"off"', "off"))  # JSON is YAML; in quotes it were an address

    def start_daemon(self, *arguments, **how):
        return self.start("run", "-c", self.file, "--state-dir", self.state_dir, *arguments, **how)

    def reload(self, daemon, what="settings reloaded"):
        """Asks for a reload and returns what was said of it."""
        before = len(daemon.stderr)
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: what in daemon.stderr[before:], f"'{what}' is told")
        return daemon.stderr[before:]

    def wait_for_rounds(self, cloud, count=2):
        have = len(cloud.accepted)
        wait_until(lambda: len(cloud.accepted) >= have + count, f"{count} more rounds")
        return cloud.accepted[-1]


class Nodes(Reload):
    def test_an_added_node_is_asked_and_the_others_keep_their_connections(self):
        server = self.nginx(*[{"record_count": 1, "quality_score": 1}] * 4)
        cloud = self.cloud()
        self.write(cloud, server.urls[:2])
        daemon = self.start_daemon()
        self.wait_for_rounds(cloud)
        self.write(cloud, server.urls[1:])
        said = self.reload(daemon)
        names = [url.removeprefix("http://") for url in server.urls]
        self.assertIn(f"nodes changed: 2 added ({names[2]}, {names[3]}), 1 removed ({names[0]})", said)
        wait_until(lambda: self.wait_for_rounds(cloud).rollup["coverage"]["ok"] == 3, "three nodes are ok")
        self.stop_run(daemon)
        for address in server.addresses:
            connections = server.connections()[address]
            self.assertEqual((address, len(set(connections))), (address, 1))
        self.assert_delivered_in_order(cloud)

    def test_lists_come_into_use_and_go_out_of_use(self):
        server = self.nginx(*[{"record_count": 1, "quality_score": 1}] * 3)
        cloud = self.cloud()
        lists = self.directory / "list.json"
        lists.write_text(json.dumps([{"targets": [url.removeprefix("http://") for url in server.urls[1:]]}]))
        self.write(cloud, server.urls[:1])
        daemon = self.start_daemon()
        self.wait_for_rounds(cloud)
        self.write(cloud, server.urls[:1], node_files=[str(lists)])
        self.reload(daemon)
        wait_until(lambda: self.wait_for_rounds(cloud).json["edge_nodes"] == 3, "the list counts")
        self.write(cloud, server.urls[:1])
        self.reload(daemon)
        wait_until(lambda: self.wait_for_rounds(cloud).json["edge_nodes"] == 1, "the list is left")
        lists.write_text(json.dumps([{"targets": ["10.255.255.1:1"]}]))
        self.assertEqual(self.wait_for_rounds(cloud, 5).json["edge_nodes"], 1)
        self.stop_run(daemon)

    def test_a_silent_node_holds_no_reload_up(self):
        silent, lively = self.node(never), self.node(summary(1, 1))
        cloud = self.cloud()
        self.write(cloud, [silent.url], poll={"interval": "20s", "timeout": "20s"})
        daemon = self.start_daemon()
        wait_until(lambda: silent.requests == 1, "the round is open")
        self.write(cloud, [lively.url], poll={"interval": "200ms"})
        self.reload(daemon)
        self.assertEqual((cloud.received, silent.requests), ([], 1), "the reload waited for the round")


class Settings(Reload):
    def test_bad_settings_change_nothing_and_every_mistake_is_told(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, [node.url])
        daemon = self.start_daemon()
        self.wait_for_rounds(cloud)
        self.file.write_text("nodes: []\npoll: {interval: soon, timeuot: 1s}\ncloud: {url: ftp://x}\n")
        said = self.reload(daemon, "reload failed")
        wait_until(lambda: f"{self.file}:3:14" in daemon.stderr, "the last mistake is told")
        said = daemon.stderr
        self.assertIn("reload failed, the settings of before stay in effect: ", said)
        for place in (":2:18", ":2:24", ":3:14"):
            self.assertIn(f"{self.file}{place}", said)
        self.wait_for_rounds(cloud, 3)

        self.write(cloud, [node.url], poll={"interval": "100ms"})
        self.assertIn("poll.interval: 200ms -> 100ms", self.reload(daemon))
        self.wait_for_rounds(cloud, 3)
        self.file.unlink()
        self.assertIn(str(self.file), self.reload(daemon, "reload failed"))
        self.wait_for_rounds(cloud, 3)
        self.stop_run(daemon)
        self.assert_delivered_in_order(cloud)

    def test_a_pipe_in_place_of_the_file_is_not_waited_for(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, [node.url])
        daemon = self.start_daemon()
        self.wait_for_rounds(cloud)
        self.file.unlink()
        os.mkfifo(self.file)
        self.assertIn(f"the settings file {self.file} is no regular file", self.reload(daemon, "reload failed"))
        self.wait_for_rounds(cloud)
        self.stop_run(daemon)

    def test_a_disk_that_hangs_while_settings_are_read_does_not_hold_up_the_end(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, [node.url])
        daemon = self.start_daemon()
        self.wait_for_rounds(cloud)
        with self.hanging(self.file) as somebody_opens_it:
            daemon.signal(signal.SIGHUP)
            wait_until(somebody_opens_it.is_set, "the file is opened")
            self.wait_for_rounds(cloud)
            self.stop_run(daemon)
        self.assertNotIn("settings", daemon.stderr)

    def test_files_that_peers_are_reached_with_are_read_before_anything_changes(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, [node.url])
        daemon = self.start_daemon()
        self.wait_for_rounds(cloud)
        absent = str(self.directory / "absent.pem")
        secure = {"url": cloud.endpoint.replace("http:", "https:"), "tls": {"ca": absent}}
        self.write(cloud, ["http://10.255.255.1:1"], cloud=secure)
        self.assertIn(absent, self.reload(daemon, "reload failed"))
        self.assertEqual(self.wait_for_rounds(cloud, 3).rollup["coverage"]["ok"], 1)
        self.stop_run(daemon)

    def test_another_cloud_gets_what_the_one_before_did_not_take(self):
        node = self.node(summary(1, 1))
        down, up = self.cloud(lambda received: 503), self.cloud()
        self.write(down, [node.url])
        daemon = self.start_daemon()
        wait_until(lambda: len(down.received) > 1, "the first cloud is offered rollups")
        self.write(up, [node.url])
        said = self.reload(daemon)
        self.assertIn(f"cloud.url: {down.endpoint} -> {up.endpoint}", said)
        self.wait_for_rounds(up, 3)
        offered = len(down.received)
        self.wait_for_rounds(up, 3)
        self.assertEqual(len(down.received), offered)
        self.stop_run(daemon)
        self.assert_delivered_in_order(up)

    def test_a_cloud_that_never_answers_does_not_delay_the_one_in_its_place(self):
        node, silent, lively = self.node(summary(1, 1)), self.cloud(never), self.cloud()
        self.write(silent, [node.url], poll={"interval": FAR})
        daemon = self.start_daemon()
        wait_until(lambda: silent.received, "the first cloud has a rollup")
        self.write(lively, [node.url], poll={"interval": FAR})
        self.reload(daemon)
        wait_until(lambda: lively.accepted, "the cloud in its place has it too", limit=15)
        self.assert_one_body_each(silent.received + lively.received)
        self.assertEqual([each.id for each in lively.accepted], [each.id for each in silent.received])
        self.stop_run(daemon)

    def test_a_new_token_ends_a_hold_and_is_shown_nowhere(self):
        node = self.node(summary(1, 1))
        cloud = self.cloud(lambda received: 202 if received.headers.get("Authorization") == "Bearer good-word" else 401)
        auth = lambda word: {"url": cloud.endpoint, "auth": {"bearer_token": word}}
        self.write(cloud, [node.url], poll={"interval": FAR}, cloud=auth("bad-word"))
        daemon = self.start_daemon()
        wait_until(lambda: "delivery holds since" in daemon.stderr, "delivery holds")
        self.write(cloud, [node.url], poll={"interval": FAR}, cloud=auth("good-word"))
        said = self.reload(daemon)
        self.assertIn("cloud.auth.bearer_token: changed", said)
        wait_until(lambda: cloud.accepted, "the rollup is delivered at once", limit=10)
        self.stop_run(daemon)
        self.assertNotIn("-word", daemon.stderr)

    def test_another_interval_does_not_wait_for_the_end_of_the_one_before(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, [node.url], poll={"interval": FAR})
        daemon = self.start_daemon()
        wait_until(lambda: cloud.accepted, "the first round")
        self.write(cloud, [node.url], poll={"interval": "200ms", "record_kind": "interval"})
        self.reload(daemon)
        last = self.wait_for_rounds(cloud, 3)
        self.assertEqual((last.rollup["interval_s"], last.rollup["record_kind"]), (0.2, "interval"))
        self.assert_valid_rollup(last.json)
        self.stop_run(daemon)

    def test_what_needs_a_restart_is_told_at_each_reload_until_then(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, [node.url])
        daemon = self.start_daemon()
        self.wait_for_rounds(cloud)
        self.write(cloud, [node.url], log={"format": "json"})
        for _ in range(2):
            said = self.reload(daemon)
            self.assertIn("log.format: auto -> json, after a restart", said)
        self.stop_run(daemon)

    def test_a_configured_name_counts_from_the_next_round_whatever_the_store_keeps(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, [node.url], gateway="box-1")
        daemon = self.start_daemon()
        self.assertEqual(self.wait_for_rounds(cloud).rollup["gateway"], "box-1")
        self.write(cloud, [node.url], gateway="box-2")
        self.assertIn("gateway: box-1 -> box-2", self.reload(daemon))
        wait_until(lambda: cloud.accepted[-1].rollup["gateway"] == "box-2", "a rollup of the new name")
        self.stop_run(daemon)

        def names(*words):
            dry = self.finish("once", "--dry-run", "--json", *words)
            checked = self.finish("check", "--offline", "--json", *words)
            found = json.loads(checked.stdout)["findings"]
            return json.loads(dry.stdout)["rollup"]["gateway"], [one["what"] for one in found if one["topic"] == "gateway"]

        self.assertEqual(names("-c", self.file, "--state-dir", self.state_dir), ("box-2", ["this box is box-2 for the cloud"]))
        self.write(cloud, [node.url])
        self.assertEqual(names("-c", self.file, "--state-dir", self.state_dir), ("box-1", ["this box is box-1 for the cloud"]))

    def test_the_level_of_the_log_changes_at_once(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, [node.url])
        daemon = self.start_daemon()
        self.wait_for_rounds(cloud)
        self.assertNotIn(" debug ", daemon.stderr)
        self.write(cloud, [node.url], log={"level": "debug"})
        self.reload(daemon)
        wait_until(lambda: " debug " in daemon.stderr, "debug lines")
        self.stop_run(daemon)

    def test_of_many_reloads_at_once_the_last_settings_count(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, [node.url])
        daemon = self.start_daemon()
        self.wait_for_rounds(cloud)
        for turn in range(300):
            if turn % 10 == 0:
                self.file.write_text("nodes: [")
                daemon.signal(signal.SIGHUP)
            self.write(cloud, [{"url": node.url, "name": f"n{turn}"}])
            daemon.signal(signal.SIGHUP)
        wait_until(lambda: self.wait_for_rounds(cloud).json["node_data"][0]["node"] == "n299", "the last settings count")
        self.stop_run(daemon)
        self.assert_delivered_in_order(cloud)


class CommandLine(Reload):
    def test_nodes_from_standard_input_stay_when_other_settings_change(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        nodes = self.nodes_file([node.url])
        self.write(cloud, [])
        with open(nodes) as stdin:
            daemon = self.start_daemon("--nodes", "-", stdin=stdin)
        self.wait_for_rounds(cloud)
        self.write(cloud, [], poll={"interval": "100ms"})
        self.reload(daemon)
        self.assertEqual(self.wait_for_rounds(cloud, 3).rollup["coverage"]["ok"], 1)
        self.stop_run(daemon)

    def test_flags_go_before_the_file_at_a_reload_too(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, [node.url], poll={"interval": FAR})
        daemon = self.start_daemon("--interval", "200ms")
        self.wait_for_rounds(cloud)
        self.write(cloud, [node.url], poll={"interval": "2h"})
        held = "settings: poll.interval: 1h -> 2h, without effect: --interval goes before the file"
        self.assertIn(held, self.reload(daemon))
        self.assertIn("nothing has changed", self.reload(daemon))
        self.wait_for_rounds(cloud)
        self.stop_run(daemon)

    def test_what_a_flag_holds_back_is_told_for_nodes_and_messages_too(self):
        node, cloud = self.node(summary(1, 1)), self.cloud()
        self.write(cloud, ["http://10.255.255.1:1"])
        daemon = self.start_daemon("--log-level", "info", "--log-format", "text", node.url)
        self.wait_for_rounds(cloud)
        self.write(cloud, ["http://10.255.255.2:1"], log={"level": "error", "format": "json"})
        said = self.reload(daemon)
        for expected in (
            "nodes: changed, without effect: the command line goes before the file",
            "log.level: info -> error, without effect: --log-level goes before the file",
            "log.format: auto -> json, without effect: --log-format goes before the file",
        ):
            self.assertIn(expected, said)
        self.wait_for_rounds(cloud)
        self.stop_run(daemon)


if __name__ == "__main__":
    main()
