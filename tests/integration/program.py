"""Programs that a test starts, and waiting for what they do: every wait has a limit, none is for a fixed time."""

import os
import subprocess
import time

EDGE_ROLLUP = os.environ["EDGE_ROLLUP_BIN"]
EDGE_STUB = os.environ["EDGE_STUB_BIN"]

WAIT_LIMIT = 30.0  # seconds for anything that should happen soon, on a busy machine with sanitizers
POLL_STEP = 0.01  # seconds


def wait_until(condition, what, limit=WAIT_LIMIT):
    """Returns the first true value of condition(); fails after `limit` seconds."""
    deadline = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {limit} s in vain until {what}")
        time.sleep(POLL_STEP)


class Program:
    """A started program; its output goes to files, so that it never blocks on a full pipe."""

    def __init__(self, directory, *command, stdin=subprocess.DEVNULL, env=None, preexec=None):
        number = len(list(directory.glob("*.stderr")))
        self.command = [str(word) for word in command]
        self._stdout_file = directory / f"{number}.stdout"
        self._stderr_file = directory / f"{number}.stderr"
        environment = {
            name: value
            for name, value in os.environ.items()
            if name != "NO_COLOR" and not name.startswith("EDGE_ROLLUP_")  # they would be settings
        }
        environment.update(env or {})
        with open(self._stdout_file, "wb") as out, open(self._stderr_file, "wb") as err:
            self.process = subprocess.Popen(
                self.command, stdin=stdin, stdout=out, stderr=err, env=environment, preexec_fn=preexec
            )

    @property
    def pid(self):
        return self.process.pid

    @property
    def stdout(self):
        return self._stdout_file.read_text(errors="replace")

    @property
    def stderr(self):
        return self._stderr_file.read_text(errors="replace")

    @property
    def running(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, limit=WAIT_LIMIT):
        """The exit code; negative for the signal that ended it."""
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {limit} s: {' '.join(self.command)}") from None

    def stop(self):
        if self.running:
            self.process.kill()
            self.process.wait(WAIT_LIMIT)

    def report(self):
        return f"$ {' '.join(self.command)}\n[exit {self.process.poll()}]\n{self.stdout[-4000:]}{self.stderr[-8000:]}"
