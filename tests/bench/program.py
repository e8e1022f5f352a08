"""A program that the bench starts: pinned to a processor, watched to its end, and never left behind."""

import ctypes
import os
import resource
import select
import signal
import struct
import subprocess
import time

from machine import cpu_seconds

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
LOOK_AGAIN = 0.01  # seconds
PATIENCE = 120.0  # seconds until a program that says nothing counts as hung


class Failed(Exception):
    """A program did not do what it is there for; the text has what it said."""


def until(condition, what, program):
    """Looks again and again, as long as the program lives and patience lasts."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline or not program.running:
            raise program.failure(f"in vain it was waited until {what}")
        time.sleep(LOOK_AGAIN)


class Program:
    """Output goes to a file; `lines_of` the standard error are read as they come.

    `exec_time` and `exec_cpu` are clock and CPU of the process right before its exec: what stands before is Python's.
    """

    def __init__(self, directory, *command, cpu, files=None, env=None):
        self.command = [str(word) for word in command]
        number = len(list(directory.glob("*.out")))
        self._out_file = directory / f"{number}.out"
        before_exec, told = os.pipe()
        self._stderr, stderr = os.pipe()
        self._rest = b""
        self.lines = []

        def prepare():
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            os.sched_setaffinity(0, {cpu})
            if files:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
            os.write(told, struct.pack("dd", time.monotonic(), time.process_time()))

        environment = {name: value for name, value in os.environ.items() if not name.startswith("EDGE_ROLLUP_")}
        try:
            with open(self._out_file, "wb") as out:
                self._process = subprocess.Popen(
                    self.command,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=stderr,
                    env=environment | (env or {}),
                    preexec_fn=prepare,
                )
            self.exec_time, self.exec_cpu = struct.unpack("dd", os.read(before_exec, 16))
        finally:
            for descriptor in (before_exec, told, stderr):
                os.close(descriptor)
        self._ended = os.pidfd_open(self.pid)

    @property
    def pid(self):
        return self._process.pid

    @property
    def running(self):
        return self._process.poll() is None

    @property
    def out(self):
        return self._out_file.read_text()

    def signal(self, number):
        self._process.send_signal(number)

    def next_line(self, patience=PATIENCE):
        """Of standard error; None at its end."""
        while b"\n" not in self._rest:
            if not select.select([self._stderr], [], [], patience)[0]:
                raise self.failure(f"said nothing for {patience:g} s")
            came = os.read(self._stderr, 65536)
            if not came:
                return None
            self._rest += came
        line, _, self._rest = self._rest.partition(b"\n")
        self.lines.append(line.decode(errors="replace"))
        return self.lines[-1]

    def finish(self, patience=PATIENCE):
        """Waits for the end; the CPU seconds from exec to exit. Fails unless it ends with 0."""
        while self.next_line(patience) is not None:
            pass
        if not select.select([self._ended], [], [], patience)[0]:
            raise self.failure(f"still runs after {patience:g} s")
        used = cpu_seconds(self.pid) - self.exec_cpu  # before it is reaped
        if self._process.wait() != 0:
            raise self.failure(f"ended with {self._process.returncode}")
        return used

    def stop(self):
        """Ends it, however it is. May be called again."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for descriptor in (self._stderr, self._ended):
            if descriptor is not None:
                os.close(descriptor)
        self._stderr = self._ended = None

    def failure(self, what):
        said = "\n".join(self.lines[-20:])
        code = self._process.poll()
        return Failed(f"{' '.join(self.command)}\n{what} [exit {code}]\n{said}\n{self.out[-2000:]}")
