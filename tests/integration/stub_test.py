"""edge-stub as a program: what it prints and keeps, how it stops, how it tells mistakes."""

import json
import pathlib
import signal
import ssl
import subprocess
import urllib.error
import urllib.request

from harness import IntegrationTest, main
from peers import SUMMARY_PATH, new_address
from program import EDGE_STUB, Program, wait_until


CERTIFICATES = pathlib.Path(__file__).resolve().parents[1] / "support" / "certificates.sh"


class Stub(IntegrationTest):
    def start_stub(self, *arguments):
        return self.keep(Program(self.directory, EDGE_STUB, *arguments))

    def assert_stops(self, stub):
        stub.signal(signal.SIGTERM)
        self.assert_exit(stub, 0)

    def test_nodes_are_listed_in_a_file_and_answer(self):
        file = self.directory / "list"
        stub = self.start_stub("node", "--listen", f"{new_address()}:0", "--count", "3", "--nodes-file", file)
        wait_until(lambda: stub.stdout, "the stub nodes are up")
        self.assertEqual(stub.stdout, f"3 nodes in {file}\n")
        urls = file.read_text().split()
        self.assertEqual(len(set(urls)), 3)
        for url in urls:
            with urllib.request.urlopen(url + SUMMARY_PATH, timeout=10) as answer:
                self.assertEqual(set(json.load(answer)), {"record_count", "quality_score", "last_updated"})
        self.assert_stops(stub)

    def test_the_cloud_keeps_each_request_and_answers_as_told(self):
        store = self.directory / "store.jsonl"
        stub = self.start_stub(
            "ingest", "--listen", f"{new_address()}:0", "--store", store, "--status", "503", "--retry-after", "7"
        )
        (url,) = wait_until(lambda: stub.stdout.split(), "the stub cloud is up")
        body = {"total_records": 5, "rollup": {"sequence": 1}}
        for data in (json.dumps(body, indent=1).encode(), b"x" * 3_000_000):
            request = urllib.request.Request(url, data=data, headers={"Idempotency-Key": '"an-id"'})
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request, timeout=10)
            self.assertEqual((refused.exception.code, refused.exception.headers["Retry-After"]), (503, "7"))
        first, second = (json.loads(line) for line in store.read_text().splitlines())
        self.assertEqual((first["status"], first["idempotency_key"], first["body"]), (503, '"an-id"', body))
        self.assertEqual(second["body"], "x" * 3_000_000)
        self.assertEqual(len(stub.stdout.splitlines()), 3)
        self.assert_stops(stub)

    def make_certificates(self):
        made = self.directory / "certificates"
        made.mkdir()
        subprocess.run(["sh", CERTIFICATES, made], check=True)
        return made

    def test_both_speak_https_with_a_certificate(self):
        made = self.make_certificates()
        tls = ("--tls-cert", made / "good.pem", "--tls-key", made / "good.key")
        trust = ssl.create_default_context(cafile=made / "ca.pem")

        nodes = self.start_stub("node", "--listen", "127.0.0.1:0", *tls)
        (url,) = wait_until(lambda: nodes.stdout.split(), "the stub node is up")
        self.assertTrue(url.startswith("https://127.0.0.1:"), url)
        with urllib.request.urlopen(url + SUMMARY_PATH, timeout=10, context=trust) as answer:
            self.assertEqual(set(json.load(answer)), {"record_count", "quality_score", "last_updated"})

        huge = self.start_stub("node", "--listen", "127.0.0.1:0", "--behave", "huge", *tls)
        (url,) = wait_until(lambda: huge.stdout.split(), "the huge stub node is up")
        with urllib.request.urlopen(url + SUMMARY_PATH, timeout=10, context=trust) as answer:
            self.assertEqual(len(answer.read(3_000_000)), 3_000_000)

        cloud = self.start_stub("ingest", "--listen", "127.0.0.1:0", *tls)
        (url,) = wait_until(lambda: cloud.stdout.split(), "the stub cloud is up")
        with urllib.request.urlopen(url, data=b"x" * 3_000_000, timeout=10, context=trust) as answer:
            self.assertEqual(answer.status, 202)
        for stub in (nodes, huge, cloud):
            self.assert_stops(stub)

    def test_mistakes_are_told_in_one_line(self):
        made = self.make_certificates()
        rows = [
            (["nod"], 64, "did you mean 'node'"),
            (["node", "--conut", "3"], 64, "did you mean '--count'"),
            (["node", "--listen", "8080"], 64, "ADDR:PORT"),
            (["node", "--behave", "drop"], 64, "did you mean 'drip'"),
            (["node", "--fail-rate", "2"], 64, "--fail-rate"),
            (["node", "--count", "9", "--listen", "255.255.255.250:0"], 64, "no 9 addresses"),
            (["ingest", "--status", "99"], 64, "--status"),
            (["ingest", "--listen", "127.0.0.1:0", "--store", "/nowhere/store"], 74, "/nowhere/store"),
            (["node", "--tls-cert", made / "good.pem"], 64, "--tls-key"),
            (["node", "--tls-cert", "/nowhere/cert", "--tls-key", made / "good.key"], 66, "/nowhere/cert"),
            (["node", "--tls-cert", made / "good.pem", "--tls-key", made / "client.key"], 78, "does not belong"),
            (["ingest", "--tls-cert", made / "good.key", "--tls-key", made / "good.key"], 78, "no certificate"),
            (["ingest", "--tls-cert", made / "good.pem", "--tls-key", made / "encrypted.key"], 78, "unencrypted key"),
            (["demo", "--daemon", "/nowhere/edge-rollup"], 69, "/nowhere/edge-rollup"),
        ]
        for arguments, code, words in rows:
            with self.subTest(" ".join(map(str, arguments))):
                run = subprocess.run([EDGE_STUB, *arguments], capture_output=True, text=True, timeout=30, check=False)
                self.assertEqual((run.returncode, run.stdout, run.stderr.count("\n")), (code, "", 1), run.stderr)
                self.assertIn(words, run.stderr)


if __name__ == "__main__":
    main()
