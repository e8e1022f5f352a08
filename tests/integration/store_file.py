"""outbox.db as it lies on the disk, read without touching it: what a test may believe was stored."""

import pathlib
import shutil
import sqlite3
import tempfile
import zlib

FILES = ("outbox.db", "outbox.db-wal")


class StoreFile:
    """A look at the store of a daemon that is dead. A copy is read, since opening a store recovers it."""

    def __init__(self, state_dir):
        self.next_sequence = 1
        self.rows = {}  # sequence -> (id, state, body)
        self.lost = []  # (from, to, reason)
        if (pathlib.Path(state_dir) / FILES[0]).exists():
            with tempfile.TemporaryDirectory(dir=pathlib.Path(state_dir).parent) as copy:
                self._read(pathlib.Path(state_dir), pathlib.Path(copy))

    @property
    def waiting(self):
        return [sequence for sequence, (_id, state, _body) in self.rows.items() if state != "dead"]

    @property
    def dead(self):
        return [sequence for sequence, (_id, state, _body) in self.rows.items() if state == "dead"]

    @property
    def declared_lost(self):
        return {sequence for first, last, _reason in self.lost for sequence in range(first, last + 1)}

    def _read(self, state_dir, copy):
        for name in FILES:
            if (state_dir / name).exists():
                shutil.copy(state_dir / name, copy / name)
        database = sqlite3.connect(copy / FILES[0])
        try:
            meta = database.execute("SELECT next_sequence FROM meta").fetchone()
            if meta:
                self.next_sequence = meta[0]
            for sequence, key, state, body in database.execute("SELECT sequence, id, state, body FROM rollup"):
                self.rows[sequence] = (key, state, zlib.decompress(body, 16 + zlib.MAX_WBITS))
            self.lost = database.execute("SELECT from_sequence, to_sequence, reason FROM lost").fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):  # killed before the first commit
                raise
        finally:
            database.close()
