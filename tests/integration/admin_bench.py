"""A daemon whose own server is asked, and what its answers have to be like."""

import http.client
import json
import pathlib
import re

import jsonschema

from harness import IntegrationTest
from peers import new_address, summary
from program import wait_until

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
OPENAPI = json.loads((DOCS / "openapi.json").read_text())


def matches(reference, body):
    """What is wrong with `body` by a schema of the API description, whose objects may have no further members."""
    schema = {**reference, "components": OPENAPI["components"]}
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.type = response.headers.get("Content-Type")
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()


class AdminTest(IntegrationTest):
    def start_listening(self, *arguments, interval="1s"):
        """A daemon that is ready, with good nodes and one that refuses connections."""
        self.rollups = self.cloud()
        urls = [self.node(summary(records, 0.5)).url for records in (10, 20)]
        self.dead = f"http://{new_address()}:1"
        self.nodes = self.nodes_file([*urls, self.dead])
        daemon = self.start_run(
            self.rollups, "--nodes", self.nodes, "--interval", interval, "--listen", "127.0.0.1:0", *arguments
        )
        self.wait_for_address(daemon)
        wait_until(lambda: self.ask("/readyz").status == 200, "the daemon is ready")
        return daemon

    def ask(self, path, method="GET", token=None, host=None, **headers):
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=30)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if host is not None:
            headers["Host"] = host
        try:
            connection.request(method, path, headers=headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    @property
    def own_token(self):
        return (self.state_dir / "admin-token").read_text().strip()

    def assert_problem(self, answer, status):
        self.assertEqual((answer.status, answer.type), (status, "application/problem+json"), answer.text)
        self.assertEqual(matches({"$ref": "#/components/schemas/Problem"}, answer.json), [])
        self.assertEqual(answer.json["status"], status)

    def metric(self, name):
        """The value of a series, None where there is none."""
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.ask("/metrics").text, re.MULTILINE)
        return float(found.group(1)) if found else None
