"""Settings from files, the environment and flags: what counts, what is said of mistakes, what is never shown."""

import json
import re
import subprocess

import jsonschema
from harness import IntegrationTest, main
from peers import summary
from program import EDGE_ROLLUP

SECRET = "tell-nobody-17"
COLUMNS = 80

MISTAKES = """gateway: gateway-1
pol: {interval: 30s}
nodes:
  - http://10.0.0.5:8080
  - {url: "http://10.0.0.6:8080", nam: pump-6}
  - HTTP://10.0.0.5:8080/
poll:
  timeout: 5
  parallel: 010
  keep_alive: sometimes
  timeout: 6s
cloud:
  auth: {bearer_token: "SECRET$x"}
  timeout: [1s]
""".replace("SECRET", SECRET)


class Config(IntegrationTest):
    def settings(self, text, name="edge-rollup.yaml"):
        file = self.directory / name
        file.write_text(text)
        return file

    def printed(self, *arguments, **how):
        program = self.finish("config", *arguments, **how)
        self.assert_exit(program, 0)
        self.assertEqual(program.stderr, "")
        return program.stdout

    def test_a_file_is_all_that_run_needs(self):
        node = self.node(summary(5, 0.5))
        cloud = self.cloud()
        token = self.settings(SECRET + "\n", "token")
        file = self.settings(f"""
gateway: gateway-9
nodes:
  - {{url: "{node.url}", name: pump-6, labels: {{site: north}}}}
poll: {{interval: 200ms, record_kind: interval}}
report: {{node_url: name}}
cloud:
  url: {cloud.endpoint}
  auth: {{bearer_token: "${{file:{token}}}"}}
  headers: {{x-site: "${{env:SITE:-none}}"}}
state_dir: {self.state_dir}
log: {{level: debug, format: json}}
""")
        daemon = self.finish("run", "-c", file, "--rounds", "2", "--listen", "off")
        self.assert_exit(daemon, 0)
        self.assertEqual(len(cloud.accepted), 2)
        first = cloud.accepted[0]
        (entry,) = first.json["node_data"]
        self.assertEqual((entry["node"], entry["node_url"], entry["labels"]), ("pump-6", "pump-6", {"site": "north"}))
        self.assertEqual((first.rollup["gateway"], first.rollup["record_kind"]), ("gateway-9", "interval"))
        self.assertEqual(first.headers["Authorization"], f"Bearer {SECRET}")
        self.assertEqual(first.headers["x-site"], "none")
        self.assertTrue(self.state_dir.is_dir())
        self.assertEqual({type(json.loads(line)) for line in daemon.stderr.splitlines()}, {dict})
        self.assertNotIn(SECRET, daemon.stderr)

    def test_nodes_on_the_command_line_replace_those_of_the_file(self):
        node = self.node(summary(5, 0.5))
        file = self.settings("nodes: [http://127.0.0.1:9, http://127.0.0.2:9]\n")
        once = self.finish("once", "--dry-run", "--json", "-c", file, node.url)
        self.assert_exit(once, 0)
        self.assertEqual([entry["node_url"] for entry in json.loads(once.stdout)["node_data"]], [node.url])

    def test_flags_go_before_the_environment_and_that_before_the_file(self):
        file = self.settings("poll: {timeout: 4s, retries: 2, parallel: 9}\n")
        environment = {
            "EDGE_ROLLUP_CONFIG": str(file),
            "EDGE_ROLLUP_POLL__TIMEOUT": "3s",
            "EDGE_ROLLUP_POLL__RETRIES": "3",
        }
        shown = self.printed("show", "--set", "poll.timeout=2s", env=environment)
        self.assertRegex(shown, r"  timeout: 2s +# --set poll.timeout\n")
        self.assertRegex(shown, r"  retries: 3 +# EDGE_ROLLUP_POLL__RETRIES\n")
        self.assertRegex(shown, rf"  parallel: 9 +# {re.escape(str(file))}:1:43\n")
        self.assertRegex(shown, r"  max_age: 15m +# default\n")

    def test_all_mistakes_are_told_at_once(self):
        file = self.settings(MISTAKES)
        for command, count in ((["run"], 10), (["config", "show"], 9)):  # who only looks needs no cloud
            program = self.finish(*command, "-c", file)
            self.assert_exit(program, 78)
            self.assertEqual(program.stdout, "")
            places = re.findall(rf"^{re.escape(str(file))}:(\d+):\d+: ", program.stderr, re.MULTILINE)
            self.assertEqual(places, sorted(places, key=int))
            self.assertEqual(len(places), count, program.stderr)
            self.assertIn("did you mean 'poll'?", program.stderr)
            self.assertNotIn(SECRET, program.stderr)

    def test_mistakes_outside_the_file_have_their_codes(self):
        rows = [
            ("missing file", ["-c", "/nowhere/x.yaml"], {}, 66, "/nowhere/x.yaml"),
            ("a directory", ["-c", "/"], {}, 66, "directory"),
            ("unknown key", ["--set", "poll.timout=5s"], {}, 64, "did you mean 'poll.timeout'"),
            ("a secret", ["--set", f"cloud.auth.bearer_token={SECRET}"], {}, 64, "${file:/path}"),
            ("unknown variable", [], {"EDGE_ROLLUP_POLL__TIMEOUTS": "5s"}, 78, "EDGE_ROLLUP_POLL__TIMEOUT'"),
            ("bad variable", [], {"EDGE_ROLLUP_POLL__TIMEOUT": "5"}, 78, "EDGE_ROLLUP_POLL__TIMEOUT: '5' has no unit"),
        ]
        for name, arguments, environment, code, words in rows:
            with self.subTest(name):
                program = self.finish("config", "show", *arguments, env=environment)
                self.assert_exit(program, code)
                self.assertIn(words, program.stderr)
                self.assertEqual(program.stderr.count("\n"), 1)
                self.assertNotIn(SECRET, program.stderr)

    def test_no_secret_is_shown(self):
        credentials = self.directory / "credentials"
        credentials.mkdir()
        (credentials / "node").write_text(SECRET)
        file = self.settings(f"""
poll: {{auth: {{bearer_token: "${{cred:node}}"}}}}
cloud:
  auth: {{user: {SECRET}, password: "${{env:WORD}}"}}
  headers: {{x-api-key: {SECRET}}}
  proxy: http://user:{SECRET}@proxy:3128
  url: https://ingest.example.com/x?key={SECRET}
""")
        environment = {"WORD": SECRET, "CREDENTIALS_DIRECTORY": str(credentials)}
        shown = self.printed("show", "-c", file, env=environment)
        self.assertNotIn(SECRET, shown)
        self.assertIn('bearer_token: "***"', shown)

    def test_secrets_that_who_asks_has_not_got(self):
        file = self.settings('cloud: {auth: {bearer_token: "${cred:cloud-token}"}}\n')
        self.assertIn('bearer_token: "***"', self.printed("show", "-c", file))
        file = self.settings('cloud: {auth: {bearer_token: "${file:/nowhere/token}"}}\n')
        shown = self.finish("config", "show", "-c", file)
        self.assert_exit(shown, 78)
        self.assertIn("/nowhere/token", shown.stderr)

    def test_the_example_is_a_file_that_works(self):
        example = self.printed("example")
        self.assertEqual([line for line in example.splitlines() if len(line) > COLUMNS], [])
        shown = self.printed("show", "-c", self.settings(example))
        self.assertIn("ingest.example.com", shown)

    def test_the_schema_is_one(self):
        schema = json.loads(self.printed("schema"))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        good = {
            "nodes": ["http://10.0.0.5", {"url": "http://10.0.0.6", "timeout": "3s"}],
            "poll": {"interval": "30s", "parallel": 5, "keep_alive": "auto", "auth": None},
            "cloud": {"url": "${env:CLOUD}", "proxy": None, "headers": {"x": "y"}},
        }
        self.assertEqual([error.message for error in validator.iter_errors(good)], [])
        for bad in ({"pol": {}}, {"poll": {"timeout": "5"}}, {"poll": {"parallel": 0}}, {"nodes": [{"name": "x"}]}):
            with self.subTest(bad=bad):
                self.assertFalse(validator.is_valid(bad))

    def test_help_fits_a_terminal(self):
        for command in (["config"], ["config", "show"]):
            run = subprocess.run([EDGE_ROLLUP, *command, "--help"], capture_output=True, text=True, timeout=30, check=True)
            self.assertEqual([line for line in run.stdout.splitlines() if len(line) > COLUMNS], [])


if __name__ == "__main__":
    main()
