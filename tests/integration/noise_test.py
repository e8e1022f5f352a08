"""1 KiB of noise over the database, in turn at 50 places: the daemon starts each time, sends no altered body, and what it
delivered and what it tells as lost add up to what was stored.
"""

import shutil

from harness import IntegrationTest, main
from peers import summary
from store_file import StoreFile

PLACES = 50
NOISE = 1024  # bytes
WAITING = 60


class Noise(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.polled = self.node(summary(4160, 0.981))
        self.cloud = self.cloud()
        self.template = self.directory / "template"
        self.cloud.stop()
        self.run_rounds(self.template, WAITING, "--set", "shutdown_grace=100ms")
        self.stored = StoreFile(self.template).rows
        self.cloud.start()

    def run_rounds(self, state_dir, count, *more):
        """The daemon, until it has made so many rollups and delivered what it can."""
        program = self.finish(
            "run", "--cloud", self.cloud.endpoint, "--state-dir", state_dir, "--interval", "0s", "--rounds", count,
            *more, self.polled.url,
        )  # fmt: skip
        self.assert_exit(program, 0)
        return program

    def check(self, place):
        state_dir = self.directory / f"state-{place}"
        shutil.copytree(self.template, state_dir)
        with open(state_dir / "outbox.db", "r+b") as database:
            size = database.seek(0, 2)
            database.seek(size * place // PLACES)
            database.write(self.random.randbytes(NOISE))
        self.cloud.received.clear()
        said = self.run_rounds(state_dir, 1).report()
        said += self.run_rounds(state_dir, 2).report()  # tell what the first one lost
        self.assert_one_body_each(self.cloud.received)
        delivered = {each.id: each for each in self.cloud.accepted}
        for sequence, (key, _state, body) in self.stored.items():
            if key in delivered:
                self.assertEqual((delivered[key].sequence, delivered[key].body), (sequence, body), said)
        # Where the store's own description is gone, nobody knows how many there were.
        if "is not known" in said:
            return
        arrived = {sequence for sequence, (key, _state, _body) in self.stored.items() if key in delivered}
        lost = set().union(*(each.told_lost for each in self.cloud.accepted))
        self.assertEqual(set(self.stored) - arrived - lost, set(), said)
        self.assertEqual(arrived & lost, set(), said)
        shutil.rmtree(state_dir)
        self.saved += len(arrived)
        self.lost += len(lost)

    def test_anywhere_in_the_file_costs_what_it_hit_and_no_more(self):
        self.saved = self.lost = 0
        for place in range(PLACES):
            with self.subTest(place=place):
                self.check(place)
        print(f"{self.reports[0]} places={PLACES} delivered={self.saved} told_lost={self.lost} altered=0")


if __name__ == "__main__":
    main()
