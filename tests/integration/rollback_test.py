"""Going back to the version before: its form of the outbox is still there, and what a later version adds does no harm.

tests/golden/outbox_form.json is the form of the last released version. It changes with a release: UPDATE_GOLDEN=1.
"""

import json
import os
import pathlib
import sqlite3

from harness import IntegrationTest, main
from peers import summary

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden" / "outbox_form.json"
# A version that writes older stores' rows does not know what came after it, so additions must do without being written.
ADDITIONS = """
    ALTER TABLE meta ADD COLUMN later_word TEXT;
    ALTER TABLE rollup ADD COLUMN later_number INTEGER NOT NULL DEFAULT 7;
    CREATE TABLE later (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    INSERT INTO later VALUES ('written', 'by a later version');
    CREATE INDEX later_index ON rollup (later_number);
"""


def form(database):
    """user_version, and of each table its columns as PRAGMA table_info tells them."""
    tables = [name for (name,) in database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")]
    columns = {table: [list(row[1:]) for row in database.execute(f"PRAGMA table_info({table})")] for table in tables}
    return {"version": database.execute("PRAGMA user_version").fetchone()[0], "columns": columns}


class Rollback(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.store = self.state_dir / "outbox.db"

    def rounds(self, cloud, count):
        nodes = [self.node(summary(5, 0.5)).url]
        daemon = self.start_run(cloud, "--interval", "0s", "--rounds", str(count), "--set", "shutdown_grace=1s", *nodes)
        self.assert_exit(daemon, 0)

    def open_store(self):
        database = sqlite3.connect(self.store)
        self.addCleanup(database.close)
        return database

    def test_the_outbox_still_has_the_form_of_the_last_release(self):
        self.rounds(self.cloud(), 1)
        now = form(self.open_store())
        if os.environ.get("UPDATE_GOLDEN") == "1":
            GOLDEN.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
        released = json.loads(GOLDEN.read_text(encoding="utf-8"))
        self.assertEqual(released["version"], now["version"], "a version before would refuse this store")
        for table, columns in released["columns"].items():
            new_columns = now["columns"].get(table, [])
            self.assertEqual(columns, new_columns[: len(columns)], f"{table} has lost or changed columns")
            for name, _type, not_null, default, _key in new_columns[len(columns):]:
                fills_itself = not not_null or default is not None
                self.assertTrue(fills_itself, f"{table}.{name} would stop a version before from writing")

    def test_what_a_later_version_has_added_does_no_harm(self):
        self.rounds(self.cloud(lambda received: 503), 3)
        database = self.open_store()
        database.executescript(ADDITIONS)
        database.close()

        cloud = self.cloud()
        self.rounds(cloud, 2)
        self.assert_delivered_in_order(cloud)
        self.assertEqual(5, len(cloud.accepted))
        self.assertEqual([("by a later version",)], self.open_store().execute("SELECT value FROM later").fetchall())

        listed = self.finish("outbox", "list", "--json", "--state-dir", self.state_dir)
        self.assert_exit(listed, 0)


if __name__ == "__main__":
    main()
