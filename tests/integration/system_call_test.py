"""Each system call of a scripted run fails once, at its first, second, ... time: no crash, and nothing that was stored is
lost.

The test command takes every case of the calls that a run makes but once or twice, as its beginning does, and a sample of
the others; ALL_SYSTEM_CALLS=1 takes every case, TEST_SEED repeats a sample.
"""

import collections
import os
import re
import shutil

from harness import IntegrationTest, main
from peers import summary
from program import EDGE_ROLLUP, Program
from store_file import StoreFile

# What a call fails with. The loader's own calls come first and may end the program before it begins. Not among them are
# those that Asio makes without a look at what comes of them: with epoll_ctl, timerfd_settime or a write to its eventfd
# failing, a wait ends by another timer at best.
FAILURES = {
    "openat": ("EMFILE", "EIO"),
    "read": ("EIO",),
    "pread64": ("EIO",),
    "write": ("EIO",),  # to the lock file: of messages see the tests of the log
    "pwrite64": ("ENOSPC", "EIO"),
    "fsync": ("EIO",),
    "fdatasync": ("EIO",),
    "ftruncate": ("EIO", "ENOSPC"),
    "fallocate": ("ENOSPC",),
    "newfstatat": ("EIO",),
    "fchmod": ("EPERM",),
    "chmod": ("EPERM",),
    "flock": ("EIO",),
    "mkdir": ("ENOSPC",),
    "unlink": ("EIO",),
    "statfs": ("EIO",),
    "statvfs": ("EIO",),
    "fcntl": ("EIO", "ENOLCK"),
    "socket": ("EMFILE",),
    "connect": ("ENETUNREACH",),
    "setsockopt": ("ENOBUFS",),
    "getsockopt": ("EIO",),
    "sendto": ("ENOBUFS",),
    "sendmsg": ("ENOBUFS",),
    "recvfrom": ("ECONNRESET",),
    "recvmsg": ("ECONNRESET",),
    "epoll_create1": ("EMFILE",),
    "epoll_wait": ("EINTR",),
    "eventfd2": ("EMFILE",),
    "timerfd_create": ("EMFILE",),
    "prlimit64": ("EPERM",),
    "clone3": ("EAGAIN",),
    "getrandom": ("EAGAIN",),
    "rename": ("EIO",),
}
LIMIT = 30  # seconds for one run under strace
RARE = 2  # times in a run
SAMPLE = int(os.environ.get("SAMPLE", "40"))  # of those that are not rare
EVERY_CASE = bool(os.environ.get("ALL_SYSTEM_CALLS"))
BUG = 70

Case = collections.namedtuple("Case", "command call error nth rare")


class SystemCalls(IntegrationTest):
    def setUp(self):
        super().setUp()
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        self.node = self.node(summary(4160, 0.981))
        self.cloud = self.cloud()
        self.template = self.directory / "template"
        self.cloud.stop()
        for _ in range(2):
            self.assert_exit(self.once(self.template), 75)
        self.cloud.start()

    def once(self, state_dir):
        return self.finish(*self.words("once", state_dir)[1:])

    def words(self, command, state_dir):
        more = {"once": (), "run": ("--rounds", "3", "--interval", "0s")}[command]
        return (
            EDGE_ROLLUP, command, "--cloud", self.cloud.endpoint, "--state-dir", state_dir, "--timeout", "2s", *more,
            self.node.url,
        )  # fmt: skip

    def copy_of_template(self):
        state_dir = self.directory / f"state-{len(list(self.directory.iterdir()))}"
        shutil.copytree(self.template, state_dir)
        return state_dir

    def trace(self, command, state_dir, *options):
        """A scripted run over two rollups that wait."""
        words = self.words(command, state_dir)
        program = self.keep(Program(self.directory, "strace", "-f", "-qq", *options, *words))
        program.wait(LIMIT)
        return program

    def cases_of(self, command):
        """As many of each call as the busiest thread makes."""
        log = self.directory / f"{command}.strace"
        traced = "trace=" + ",".join("?" + call for call in FAILURES)
        program = self.trace(command, self.copy_of_template(), "--seccomp-bpf", "-y", "-e", traced, "-o", log)
        self.assert_exit(program, 0)
        log_text = re.sub(r"^\d+ +write\((?!\d+<[^>]*/lock>).*\n", "", log.read_text(), flags=re.MULTILINE)
        calls = re.findall(r"^(\d+ +\w+)\(", log_text, re.MULTILINE)
        made = collections.Counter(calls)
        times = collections.Counter()
        for thread_and_call, count in made.items():
            call = thread_and_call.split()[1]
            times[call] = max(times[call], count)
        return [
            Case(command, call, error, nth, count <= RARE)
            for call, count in sorted(times.items())
            for error in FAILURES[call]
            for nth in range(1, count + 1)
        ]

    def check(self, case):
        received_before = len(self.cloud.received)
        state_dir = self.copy_of_template()
        # A path given to strace keeps its hands off the writes to an eventfd.
        narrow = ("-P", state_dir / "lock") if case.call == "write" else ("--seccomp-bpf",)
        rule = ("-e", f"trace={case.call}", "-e", f"inject={case.call}:error={case.error}:when={case.nth}")
        program = self.trace(case.command, state_dir, "-o", "/dev/null", *rule, *narrow)
        said = program.report()
        code = program.process.returncode
        self.assertGreaterEqual(code, 0, said)  # strace ends as the program did, by the same signal
        self.assertNotEqual(code, BUG, said)
        self.assertNotIn("terminate called", said)

        before = StoreFile(state_dir)
        self.assert_exit(self.once(state_dir), 0)
        after = StoreFile(state_dir)
        received = self.cloud.received[received_before:]
        self.assert_one_body_each(received)
        delivered = {each.sequence for each in received if each.status == 202}
        self.assertEqual(after.rows, {}, said)
        self.assertEqual(set(before.rows) - delivered, set(), said)
        # What could not be stored at all is told.
        told = [loss for each in received if each.status == 202 for loss in each.rollup["lost"]["ranges"]]
        self.assertEqual({loss["reason"] for loss in told} - {"disk"}, set(), said)
        lost, there = set(), set()
        for each in (each for each in received if each.status == 202):
            self.assertNotIn(each.sequence, lost, said)
            # What came before may have been on its way when it was given up.
            lost |= each.told_lost - there
            there.add(each.sequence)
        self.assertEqual(set(range(1, after.next_sequence)) - delivered - lost, set(), said)
        shutil.rmtree(state_dir)

    def test_one_that_fails_takes_nothing_with_it(self):
        cases = self.cases_of("once") + self.cases_of("run")
        others = [case for case in cases if not case.rare]
        sample = others if EVERY_CASE else self.random.sample(others, min(SAMPLE, len(others)))
        chosen = [case for case in cases if case.rare] + sample
        for case in chosen:
            with self.subTest(" ".join(map(str, case))):
                self.check(case)
        print(f"{self.reports[0]} cases={len(cases)} tried={len(chosen)}")


if __name__ == "__main__":
    main()
