"""The process is killed right before and right after each commit and rename of the outbox, at every time it comes by; the
next one finds everything. The places are named in the program (lib/runtime/crash_point.hpp), in test builds only.
"""

import contextlib
import pathlib
import re
import shutil
import signal
import sqlite3

from harness import IntegrationTest, main
from peers import summary
from program import EDGE_ROLLUP, Program
from store_file import StoreFile

LIBRARY = pathlib.Path(__file__).resolve().parents[2] / "lib"
MOST_TIMES = 40  # that one place is passed in one run

# Which kinds of run come by which places.
RUNS = {
    "open": ("plain",), "store": ("plain",), "settle": ("plain",), "close": ("plain",),
    "account": ("full disk",),
    "discard": ("damaged row",),
    "set_aside": ("damaged file",), "salvage": ("damaged file",),
    "move": ("damaged file", "replaced file"),
    "whole": ("replaced file",),
    "visit": ("operator",),
}  # fmt: skip
# As long as the copy of a store whose file was replaced is not whole, it is in memory of the kernel alone.
MOMENTS = {"close": ("begin",), "move": ("before_rename", "after_rename"), "whole": ("after_rename",)}
COMMIT = ("before_commit", "after_commit")

WAITING = 4  # rollups in the store when a run begins
ROUNDS = 3
DAMAGE = {
    "damaged row": "UPDATE rollup SET checksum = checksum + 1 WHERE sequence = 2",
    "damaged file": "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'rollup_waiting'",
}




class CrashPoints(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.replaced = None  # where the next poll puts another store
        self.summary = summary(4160, 0.981)
        self.polled = self.node(self.answer)
        self.cloud = self.cloud()
        self.template = self.directory / "template"
        self.cloud.stop()
        for _ in range(WAITING):
            self.assert_exit(self.finish(*self.words("once", self.template)), 75)
        self.cloud.start()

    def answer(self, request):
        if self.replaced:
            shutil.copy(self.template / "outbox.db", self.replaced / "another")
            (self.replaced / "another").replace(self.replaced / "outbox.db")
            self.replaced = None
        return self.summary(request)

    def words(self, command, state_dir, *more):
        return (
            command, "--cloud", self.cloud.endpoint, "--state-dir", state_dir, "--timeout", "2s", *more, self.polled.url,
        )  # fmt: skip

    def prepare(self, kind):
        state_dir = pathlib.Path(self.directory / f"state-{len(list(self.directory.iterdir()))}")
        shutil.copytree(self.template, state_dir)
        if kind in DAMAGE:
            with contextlib.closing(sqlite3.connect(state_dir / "outbox.db")) as database:
                database.executescript(DAMAGE[kind])
                database.commit()
        return state_dir

    def crash(self, kind, state_dir, where):
        """Whether the run came by `where` and died there."""
        more = ("--set", "outbox.min_free_disk=1TiB") if kind == "full disk" else ()
        words = self.words("run", state_dir, "--rounds", ROUNDS, "--interval", "0s", *more)
        if kind == "operator":
            words = ("outbox", "drop", "2-3", "--yes", "--state-dir", state_dir)
        self.replaced = state_dir if kind == "replaced file" else None
        program = self.keep(Program(self.directory, EDGE_ROLLUP, *words, env={"CRASH_AT": where}))
        code = program.wait()
        self.replaced = None
        self.assertIn(code, (0, -signal.SIGKILL), program.report())
        return code != 0

    def recover(self, kind, state_dir):
        """What the next processes make of it."""
        self.assert_exit(self.finish(*self.words("once", state_dir)), 0)
        self.assert_exit(self.finish(*self.words("once", state_dir)), 0)  # tells what the first one found
        after = StoreFile(state_dir)
        self.assertEqual(after.rows, {})
        return after.next_sequence

    def check(self, kind, where):
        """False where no run comes by."""
        state_dir = self.prepare(kind)
        self.cloud.received.clear()
        if not self.crash(kind, state_dir, where):
            return False
        next_sequence = self.recover(kind, state_dir)
        received = self.cloud.received
        self.assert_one_body_each(received)
        delivered = {each.sequence for each in received if each.status == 202}
        lost = set().union(*(each.told_lost for each in received if each.status == 202))
        self.assertEqual(set(range(1, next_sequence)) - delivered - lost, set(), "nowhere")
        firsts = list(dict.fromkeys(each.sequence for each in received))
        self.assertEqual(firsts, sorted(firsts), "out of order")
        may_be_lost = {"damaged row": {2}, "operator": {2, 3}}.get(kind, set())
        if kind != "full disk":  # what a dead process had sent from its memory nobody knows
            self.assertLessEqual(lost, may_be_lost)
            self.assertEqual(lost & delivered, set(), "delivered, and told as lost")
        shutil.rmtree(state_dir)
        return True

    def test_a_kill_at_any_of_them_takes_nothing_with_it(self):
        if not self.crash("plain", self.prepare("plain"), "open.after_commit"):
            self.skipTest("this program was built without crash points")
        kills = 0
        runs = [(place, kind) for place, kinds in RUNS.items() for kind in kinds]
        for place, kind in runs:
            for moment in MOMENTS.get(place, COMMIT):
                with self.subTest(f"{place}.{moment}, {kind}"):
                    for time in range(1, MOST_TIMES):
                        if not self.check(kind, f"{place}.{moment}:{time}"):
                            break
                        kills += 1
                    self.assertGreater(time, 1, "no run comes by")
        print(f"kills={kills}")

    def test_every_place_in_the_program_is_tried(self):
        named = set()
        for source in LIBRARY.rglob("*.cpp"):
            text = source.read_text()
            named.update(re.findall(r'crash_point\("(\w+)', text))
            if re.search(r"crash_point\(what,", text):
                named.update(re.findall(r'commit\(\s*"(\w+)', text))
                named.update(re.findall(r'what = "(\w+)', text))
        self.assertEqual(named, set(RUNS))


if __name__ == "__main__":
    main()
