#!/usr/bin/env python3
"""Kills the emulator with SIGKILL under load, again and again, and checks what is left each time.

Writers put numbered records over plain HTTP, without retries. Beside them shards are split and
merged, the emulator's clock is moved so that everything expires and is trimmed, and readers poll
and are pushed. After each kill the emulator starts again on the same files and every shard is read
from TRIM_HORIZON. Checked each time (kill_check.py):
  every acknowledged record is there, in its shard, under its sequence number, with its bytes;
  no record is there twice, none that nobody sent, none that was refused, none that had expired;
  sequence numbers rise along each shard, and no number was ever given to two records;
  each writer's records stand in the order in which it sent them, shard by shard, and by partition
  key from parents to children;
  what a reader was shown is there;
  open shards share all hash keys, and nothing stands beyond the end of a closed one;
  PRAGMA integrity_check of a copy of the files as the kill left them says ok.
--peer runs the same loop on another server, writers alone, and counts instead of failing.
Needs nothing but Python. The moments of the kills come from --seed.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from kill_check import KINDS, UNKNOWN, Failure, History, Ledger, check, check_lineage, find, settle_unknown
from kill_check import ACKNOWLEDGED, REFUSED  # noqa: F401 (for the test of the check)
from kill_load import BROKEN, MOVE_MS, STREAM, STREAM_ARN, ClockMover, Connection, Poller, Resharder
from kill_load import Subscriber, Writer, all_shards, read_everything
from kill_servers import Millrace, peer


def integrity(data):
    """PRAGMA integrity_check on a copy, so that the emulator itself meets the files as they were left."""
    with tempfile.TemporaryDirectory(prefix="millrace-crash-copy-") as folder:
        copy = pathlib.Path(folder) / "data"
        shutil.copytree(data, copy)
        files = [p for p in copy.rglob("*") if p.is_file() and p.read_bytes()[:16] == b"SQLite format 3\0"]
        if not files:
            raise Failure(f"no SQLite file in {data}")
        for path in files:
            database = sqlite3.connect(path)
            said = database.execute("PRAGMA integrity_check").fetchall()
            database.close()
            if said != [("ok",)]:
                raise Failure(f"integrity_check of {path.name}: {said[:5]}")


class Loop:
    """All cycles on one server."""

    def __init__(self, server, options):
        self.server, self.options = server, options
        self.ledger, self.history = Ledger(), History()
        self.chance = random.Random(options.seed)
        self.found = collections.Counter()
        self.starts, self.done, self.moves = [], 0, 0
        self.reshards = self.records = 0
        self.consumer = None

    def prepare(self):
        self.server.start()
        self.create()

    def create(self):
        connection = Connection(self.server.port)
        connection.must("CreateStream", {"StreamName": STREAM, "ShardCount": self.options.shards})
        deadline = time.monotonic() + 30
        while True:
            said = connection.must("DescribeStreamSummary", {"StreamName": STREAM})
            if said["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE":
                break
            if time.monotonic() > deadline:
                raise Failure("the stream did not become ACTIVE")
            time.sleep(0.02)
        if self.server.ours:
            said = connection.must("RegisterStreamConsumer", {"StreamARN": STREAM_ARN, "ConsumerName": "crash"})
            self.consumer = said["Consumer"]["ConsumerARN"]

    def workers(self, number):
        seed = f"{self.options.seed}/{number}"
        firsts = {w: 0 for w in range(self.options.writers)}
        for writer, n in self.ledger.sent:
            firsts[writer] = max(firsts[writer], n + 1)
        port, ledger = self.server.port, self.ledger
        crowd = [Writer(w, firsts[w], port, ledger, f"{seed}/{w}") for w in firsts]
        if self.server.ours and not self.options.writers_only:
            crowd += [Resharder(port, ledger, seed), Poller(port, ledger, seed)]
            crowd += [Subscriber(self.consumer, port, ledger, seed)]
            if self.chance.random() < 0.4:
                crowd += [ClockMover(port, ledger, seed)]
        return crowd

    def cycle(self, number):
        """One round of load, kill, start, check. Gives one line of figures."""
        server, chance = self.server, self.chance
        before = self.ledger.noted
        self.ledger.first_acknowledged.clear()
        crowd = self.workers(number)
        for worker in crowd:
            worker.start()
        if not self.ledger.first_acknowledged.wait(30):
            server.kill()
            raise Failure(f"no put was acknowledged within 30 s: {[w.problem for w in crowd]}")
        moment = chance.uniform(self.options.min_s, self.options.max_s)
        time.sleep(moment)
        server.kill()
        for worker in crowd:
            worker.over.set()
        for worker in crowd:
            worker.join(60)
            if worker.problem:
                raise Failure(f"{type(worker).__name__}: {worker.problem!r}")
        self.reshards += sum(w.done for w in crowd if isinstance(w, Resharder))
        twice = False
        if server.ours:
            integrity(server.data)
            twice = chance.random() < 0.3
        if twice:  # a second kill, in the middle of the recovery from the first
            server.launch()
            time.sleep(chance.uniform(0, 0.03))
            server.kill()
            server.process.stdout.close()
        took = server.start()
        self.starts.append(took)
        sent = self.ledger.noted - before
        there, unknown = self.verify()
        return (
            f"cycle {number:>3}: killed after {moment:4.2f} s{' and once more at start-up' if twice else ''}, "
            f"{sent} sent, {unknown} unknown; ready again in {took * 1000:.0f} ms, "
            f"{there} records" + (", all acknowledged ones there" if server.ours else f", {dict(self.found)}")
        )

    def verify(self):
        connection = Connection(self.server.port)
        try:
            shards = all_shards(connection)
        except Failure as failure:
            if self.server.ours or "ResourceNotFound" not in str(failure):
                raise
            shards = []  # a peer has lost the stream with all that was in it
        if self.server.ours:
            self.moves = connection.clock_ms() // MOVE_MS
        stored = read_everything(self.server.port, shards) if shards else {}
        unknown = self.ledger.counts()[UNKNOWN]
        wrong, where = find(stored, self.ledger, self.history, self.moves)
        if self.server.ours:
            if wrong:
                raise Failure(wrong[0][1])
            check_lineage(shards, stored)
        self.found.update(kind for kind, _ in wrong)
        self.records = len(where)
        settle_unknown(where, self.ledger)
        for kind, what in wrong[:3]:
            print(f"    {kind}: {what}", flush=True)
        if wrong:  # of a peer: each fault is counted once
            self.forget(stored, where)
        if not shards:
            self.create()
        self.ledger.epoch = 2 * self.moves
        self.ledger.seen.clear()
        return len(where), unknown

    def forget(self, stored, where):
        self.ledger.sent = {
            key: sent._replace(outcome=ACKNOWLEDGED, shard=where[key][0], number=where[key][1])
            for key, sent in self.ledger.sent.items()
            if key in where
        }
        self.history.owner = {(s, number): key for s, rows in stored.items() for number, key in rows}

    def last_look(self):
        self.server.stop()
        if self.server.ours:
            integrity(self.server.data)
        self.server.start()
        self.verify()
        self.server.stop()
        size = sum(p.stat().st_size for p in self.server.data.rglob("*") if p.is_file())
        print(f"after a clean stop and start: {self.records} records, {size / 1e6:.1f} MB on disk")

    def row(self, failure=None):
        """For the table in docs/reliability.md."""
        starts = sorted(self.starts) or [0]
        return {
            "server": self.server.name,
            "kills": self.done,
            "acknowledged": self.ledger.acknowledged,
            "reshards": self.reshards,
            "trims": self.moves,
            **{kind: self.found[kind] for kind in KINDS},
            "start_p50_ms": round(statistics.median(starts) * 1000),
            "start_max_ms": round(starts[-1] * 1000),
            "failure": str(failure).splitlines()[0] if failure else "",
        }


def run(server, options, folder):
    loop, failure = Loop(server, options), None
    try:
        loop.prepare()
        print(
            f"{server.name}: {options.cycles} cycles, {options.writers} writers, {options.shards} shards, "
            f"seed {options.seed}",
            flush=True,
        )
        for number in range(1, options.cycles + 1):
            print(loop.cycle(number), flush=True)
            loop.done += 1
        loop.last_look()
    except (Failure, *BROKEN) as problem:
        failure = problem
        print(f"FAILED in cycle {loop.done + 1}: {problem!r}\ndata kept in {folder}", file=sys.stderr)
        options.keep = True
    finally:
        if server.process and server.process.poll() is None:
            server.kill()
    return loop, failure


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin", help="folder with millrace-emulator")
    parser.add_argument("--cycles", type=int, default=10)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--shards", type=int, default=3)
    parser.add_argument("--min-s", type=float, default=0.2, help="earliest kill after the first reply")
    parser.add_argument("--max-s", type=float, default=2.0, help="latest kill after the first reply")
    parser.add_argument("--durability", default="full", choices=("full", "normal", "off"))
    parser.add_argument("--writers-only", action="store_true", help="no resharding, trimming and reading beside them")
    parser.add_argument("--peer", choices=("ferrokinesis", "kinesis-local"), help="run on this server instead")
    parser.add_argument("--seed", default="millrace")
    parser.add_argument("--keep", action="store_true", help="keep the data directory")
    parser.add_argument("--out", help="add the row of figures to this JSON file")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="millrace-crash-")
    data = pathlib.Path(folder) / "data"
    if options.peer:
        server = peer(options.peer, data)
        if server is None:
            sys.exit(f"kill_loop: {options.peer} is not installed (docs/reliability.md says how)")
    else:
        program = pathlib.Path(options.bin) / "millrace-emulator"
        if not os.access(program, os.X_OK):
            sys.exit(f"kill_loop: no {program}: build first (./dev build)")
        server = Millrace(data, program, options.durability)
    loop, failure = run(server, options, folder)
    row = loop.row(failure)
    if options.out:
        path = pathlib.Path(options.out)
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = json.loads(path.read_text()) if path.exists() else []
        path.write_text(json.dumps([r for r in rows if r["server"] != row["server"]] + [row], indent=1) + "\n")
    if not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    if failure and server.ours:
        sys.exit(1)
    wrong = {kind: row[kind] for kind in KINDS}
    print(
        f"{loop.done} kills of {server.name}, {loop.reshards} splits and merges, {loop.moves} times everything "
        f"expired: {wrong if any(wrong.values()) else 'every acknowledged record there, none twice, order kept, no number reused'}"
    )


if __name__ == "__main__":
    main()
