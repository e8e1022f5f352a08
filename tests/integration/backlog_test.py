"""Ten thousand rollups wait when the daemon starts: the first one goes out at once, all follow in order, and the memory of
the daemon does not grow with them. Ends with
  waiting=10000 first_ms=... drained_s=... peak_mib=...
"""

import json
import pathlib
import sqlite3
import struct
import time
import uuid
import zlib

from harness import IntegrationTest, main
from peers import summary
from program import wait_until

WAITING = 10_000
MOST_RESIDENT = 32 * 2**20  # bytes
FIRST_WITHIN = 10.0  # seconds, on a busy machine
DRAINED_WITHIN = 150.0  # seconds


def checksum(sequence, key, stored_at, raw_bytes, packed):
    """As lib/outbox/body_codec.hpp has it: CRC-32 of the fields, texts after their lengths."""
    fields = struct.pack("<QQ", sequence, len(key)) + key.encode() + struct.pack("<QQQ", stored_at, raw_bytes, len(packed))
    return zlib.crc32(packed, zlib.crc32(fields))


def gzip_member(raw):
    packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush()


def most_resident_bytes(pid):
    """VmHWM of proc(5). None where a sanitizer's own memory would be counted."""
    if any(name in pathlib.Path(f"/proc/{pid}/maps").read_text() for name in ("libasan", "libtsan")):
        return None
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


class Backlog(IntegrationTest):
    def fill(self, cloud, node):
        """One real rollup, and copies of it."""
        self.assert_exit(
            self.finish("once", "--cloud", cloud.endpoint, "--state-dir", self.state_dir, node.url), 75
        )  # fmt: skip
        database = sqlite3.connect(self.state_dir / "outbox.db")
        stored_at, packed = database.execute("SELECT stored_at, body FROM rollup").fetchone()
        body = json.loads(zlib.decompress(packed, 16 + zlib.MAX_WBITS))
        rows = []
        for sequence in range(2, WAITING + 1):
            key = str(uuid.UUID(int=self.random.getrandbits(128)))
            body["rollup"].update(sequence=sequence, id=key)
            raw = json.dumps(body).encode()
            packed = gzip_member(raw)
            rows.append((sequence, key, stored_at, len(raw), checksum(sequence, key, stored_at, len(raw), packed), packed))
        with database:
            database.executemany(
                "INSERT INTO rollup (sequence, id, stored_at, state, tries, troubled_tries, troubled_ms, raw_bytes,"
                " checksum, body) VALUES (?, ?, ?, 'pending', 0, 0, 0, ?, ?, ?)",
                rows,
            )
            database.execute("UPDATE meta SET next_sequence = ?", (WAITING + 1,))
        database.close()

    def test_ten_thousand_waiting_rollups(self):
        node = self.node(summary(4160, 0.981))
        cloud = self.cloud()
        cloud.stop()
        self.fill(cloud, node)

        cloud.start()
        began = time.monotonic()
        daemon = self.start_run(cloud, "--interval", "300s", node.url)
        wait_until(lambda: cloud.accepted, "the first rollup arrived")
        first = time.monotonic() - began
        self.assertLess(first, FIRST_WITHIN)
        wait_until(lambda: len(cloud.received) > WAITING, "all have arrived", limit=DRAINED_WITHIN)
        drained = time.monotonic() - began
        resident = most_resident_bytes(daemon.pid)
        self.stop_run(daemon)

        self.assert_delivered_in_order(cloud)
        self.assertEqual(cloud.accepted[-1].rollup["lost"], {"total": 0, "ranges": []})
        peak = "unknown" if resident is None else f"{resident / 2**20:.1f}"
        print(f"waiting={WAITING} first_ms={first * 1000:.0f} drained_s={drained:.1f} peak_mib={peak}")
        if resident is not None:
            self.assertLess(resident, MOST_RESIDENT)


if __name__ == "__main__":
    main()
