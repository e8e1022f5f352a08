"""The nodes of the bench: one nginx that answers on every address of 127/8, and ports on which nobody answers.

Each node has an address of its own, so that it counts as a server of its own. One socket takes them all, which saves a
descriptor for each; whoever comes from another machine is turned away.
"""

import ipaddress
import os
import pathlib
import shutil
import signal
import socket
import subprocess

from machine import descriptor_limit
from program import Failed, Program, until

FIRST_ADDRESS = ipaddress.IPv4Address("127.1.0.1")
BACKLOG = 4096
NGINX_DESCRIPTORS = 64  # beside those of connections
ADDRESSES_A_CERTIFICATE = 25  # few, as real certificates have; one for each node would take long to make

CONFIG = """
daemon off;
master_process off;
worker_rlimit_nofile {files};
pid {directory}/nginx.pid;
{user}
events {{ worker_connections {slots}; multi_accept on; }}
http {{
  allow 127.0.0.0/8;
  deny all;
  access_log off;
  log_format when '$msec $server_addr';
  client_body_temp_path {directory}/temp; proxy_temp_path {directory}/temp; fastcgi_temp_path {directory}/temp;
  uwsgi_temp_path {directory}/temp; scgi_temp_path {directory}/temp;
  client_max_body_size 64m;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  default_type application/json;
  map $server_addr $certificate {{ include {certificates}/map; }}
  server {{
    listen 0.0.0.0:{plain} backlog={backlog};
    location = /data/summary {{ return 200 '{summary}'; }}
    location = /v1/rollups {{ return 202; }}
  }}
  server {{
    listen 0.0.0.0:{logged} backlog={backlog};
    location = /data/summary {{ access_log {directory}/when.log when; return 200 '{summary}'; }}
  }}
  ssl_certificate_key {certificates}/key.pem;
  server {{
    listen 0.0.0.0:{tls} ssl backlog={backlog};
    ssl_certificate $certificate;
    location = /data/summary {{ return 200 '{summary}'; }}
  }}
  server {{
    listen 0.0.0.0:{forgetful_tls} ssl backlog={backlog};
    ssl_certificate $certificate;
    ssl_session_tickets off;
    location = /data/summary {{ return 200 '{summary}'; }}
  }}
}}
"""
SUMMARY = '{"record_count": 4160, "quality_score": 0.981, "last_updated": "2026-11-22T17:04:51Z"}'


def address(number):
    return str(FIRST_ADDRESS + number)


def urls(count, port, scheme="http"):
    return [f"{scheme}://{address(number)}:{port}" for number in range(count)]


def bound_socket():
    """On every address, to a free port."""
    made = socket.socket()
    made.bind(("0.0.0.0", 0))
    return made


class Certificates:
    """An authority and certificates for node addresses; kept from run to run, as they take a while to make."""

    def __init__(self, directory, count):
        self.directory = directory
        self.authority = directory / "authority.pem"
        done = directory / "map"
        if not done.exists() or len(done.read_text().splitlines()) < count:
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir(parents=True)
            self._openssl("req", "-x509", *self._new("authority.key"), "-out", "authority.pem", "-subj", "/CN=bench")
            self._openssl("req", *self._new("key.pem"), "-out", "node.csr", "-subj", "/CN=node")
            lines = [line for first in range(0, count, ADDRESSES_A_CERTIFICATE) for line in self._certificate(first)]
            done.write_text("".join(lines))

    def _certificate(self, first):
        addresses = [address(first + number) for number in range(ADDRESSES_A_CERTIFICATE)]
        name = f"{first}.pem"
        (self.directory / "names").write_text("subjectAltName=" + ",".join(f"IP:{each}" for each in addresses))
        issuer = ("-CA", "authority.pem", "-CAkey", "authority.key")
        self._openssl("x509", "-req", "-in", "node.csr", *issuer, "-extfile", "names", "-days", "3650", "-out", name)
        return [f"{each} {self.directory / name};\n" for each in addresses]

    @staticmethod
    def _new(name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650", "-keyout", name)

    def _openssl(self, *words):
        done = subprocess.run(["openssl", *words], cwd=self.directory, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"openssl {' '.join(words)}\n{done.stderr}")


class Nginx:
    """`ports`: of `plain` http, which is the cloud, too; `logged`, which writes down when it was asked; `tls`, which
    resumes sessions; `forgetful_tls`, which does not."""

    PORTS = ("plain", "logged", "tls", "forgetful_tls")

    def __init__(self, directory, certificates, connections, cpu):
        self.directory = directory / "nginx"
        self.directory.mkdir()
        files = descriptor_limit(connections + NGINX_DESCRIPTORS)
        reserved = [bound_socket() for _ in self.PORTS]
        self.ports = {name: each.getsockname()[1] for name, each in zip(self.PORTS, reserved)}
        config = self.directory / "nginx.conf"
        config.write_text(
            CONFIG.format(
                directory=self.directory,
                certificates=certificates.directory,
                user="user root;" if os.getuid() == 0 else "",
                files=files,
                slots=2 * files,  # with few to spare nginx closes idle connections
                backlog=BACKLOG,
                summary=SUMMARY,
                **self.ports,
            )
        )
        for each in reserved:
            each.close()
        nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        command = (nginx, "-p", self.directory, "-c", config, "-e", "stderr")
        self.program = Program(directory, *command, cpu=cpu, files=files)
        self._wait_for_listening()

    def _wait_for_listening(self):
        last = (address(0), self.ports["forgetful_tls"])
        with socket.socket() as probe:
            until(lambda: probe.connect_ex(last) == 0, "nginx listens", self.program)

    @property
    def cloud(self):
        return f"http://127.0.0.1:{self.ports['plain']}/v1/rollups"

    @property
    def log(self):
        return self.directory / "when.log"

    def forget_log(self):
        self.log.unlink(missing_ok=True)
        self.program.signal(signal.SIGUSR1)

    def stop(self):
        self.program.stop()


class Refusing:
    """A port on which every address refuses connections, as long as this lives."""

    def __init__(self):
        self._socket = bound_socket()  # and never listens
        self.port = self._socket.getsockname()[1]

    def close(self):
        self._socket.close()


class BlackHole:
    """A port on which no address answers a connection: its queue is full, so that the system drops what comes."""

    MOST_TRIES = 16

    def __init__(self):
        self._socket = bound_socket()
        self._socket.listen(0)
        self.port = self._socket.getsockname()[1]
        self._fillers = []
        while self._lets_in():
            if len(self._fillers) == self.MOST_TRIES:
                raise Failed("the queue of a listening socket does not fill up")

    def _lets_in(self):
        filler = socket.socket()
        self._fillers.append(filler)
        filler.settimeout(0.2)
        return filler.connect_ex((address(0), self.port)) == 0

    def close(self):
        for each in (*self._fillers, self._socket):
            each.close()
