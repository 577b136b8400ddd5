#!/usr/bin/env python3
"""Kills the emulator with SIGKILL under load, again and again, and checks what is left each time.

Writers put numbered records over plain HTTP, without retries, so every put has exactly one outcome:
  acknowledged  a reply came with a sequence number: the record must be there, once, for ever
  refused       an error reply came: the record must not be there
  unknown       the connection broke before a reply: the record may be there, once, or not
After each kill the emulator starts again on the same files and every shard is read from
TRIM_HORIZON. Checked each time:
  every acknowledged record is there, in its shard, under its sequence number, with its bytes;
  no record is there twice, none that nobody sent, none that was refused;
  sequence numbers rise along each shard, and no number was ever given to two records;
  each writer's records stand in the order in which it sent them, shard by shard;
  PRAGMA integrity_check of a copy of the files as the kill left them says ok.
Needs nothing but Python. The moments of the kills come from --seed.
"""
import argparse
import base64
import collections
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

STREAM = "crash"
HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Date": "20260101T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kinesis/aws4_request, "
    "SignedHeaders=host, Signature=0",
}
START_LIMIT_S = 60
ACKNOWLEDGED, REFUSED, UNKNOWN = "acknowledged", "refused", "unknown"


class Failure(Exception):
    """A promise that was not kept; the message says which."""


class Server:
    """The emulator on one data directory and, after its first start, one port."""

    def __init__(self, program, data, durability):
        self.program, self.data, self.durability = program, data, durability
        self.port = 0
        self.process = None

    def launch(self):
        self.process = subprocess.Popen(
            [self.program, "--listen", f"127.0.0.1:{self.port}", "--data", self.data]
            + ["--durability", self.durability, "--limits", "off", "--transition-ms", "0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def start(self):
        """Starts and waits for `Ready.`; gives the seconds that took."""
        began = time.monotonic()
        self.launch()
        said = []
        timer = threading.Timer(START_LIMIT_S, self.process.kill)
        timer.start()
        for line in self.process.stdout:
            said.append(line)
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found[1])
            if "Ready." in line:
                break
        else:
            timer.cancel()
            raise Failure(f"the emulator did not start (exit code {self.process.wait()}):\n{''.join(said)}")
        timer.cancel()
        threading.Thread(target=self.drain, args=(self.process.stdout,), daemon=True).start()
        return time.monotonic() - began

    @staticmethod
    def drain(pipe):
        for _ in pipe:
            pass

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure("the emulator did not end within 20 s of SIGTERM") from None
        if code != 0:
            raise Failure(f"SIGTERM ended the emulator with exit code {code}")


class Connection:
    """One kept-alive connection; call() raises OSError or HTTPException when no whole reply came."""

    def __init__(self, port):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def call(self, operation, body):
        headers = dict(HEADERS, **{"X-Amz-Target": f"Kinesis_20131202.{operation}"})
        self.http.request("POST", "/", json.dumps(body), headers)
        answer = self.http.getresponse()
        data = answer.read()
        if len(data) != int(answer.headers.get("Content-Length", len(data))):
            raise http.client.IncompleteRead(data)
        return answer.status, json.loads(data) if data else {}

    def must(self, operation, body):
        status, said = self.call(operation, body)
        if status != 200:
            raise Failure(f"{operation} answered {status}: {said}")
        return said


class Ledger:
    """What became of every record any writer sent. The lock guards `sent`."""

    def __init__(self):
        self.sent = {}  # (writer, number) -> [outcome, shard, sequence number]
        self.lock = threading.Lock()
        self.first_acknowledged = threading.Event()

    def note(self, rows):
        with self.lock:
            for key, outcome, shard, number in rows:
                self.sent[key] = (outcome, shard, number)
        if any(outcome == ACKNOWLEDGED for _, outcome, _, _ in rows):
            self.first_acknowledged.set()

    def counts(self):
        return collections.Counter(outcome for outcome, _, _ in self.sent.values())


class Writer(threading.Thread):
    """Puts records numbered from `first` on until its connection breaks."""

    def __init__(self, index, first, port, ledger, seed):
        super().__init__(daemon=True)
        self.index, self.next, self.port, self.ledger = index, first, port, ledger
        self.random = random.Random(seed)
        self.problem = None

    def record(self):
        key = (self.index, self.next)
        self.next += 1
        text = json.dumps({"writer": key[0], "n": key[1]}) + "." * self.random.randrange(200)
        return key, base64.b64encode(text.encode()).decode(), f"k{self.random.randrange(1000)}"

    def run(self):
        try:
            connection = Connection(self.port)
            while self.put(connection):
                pass
        except Exception as problem:  # reported by the main thread
            self.problem = problem

    def put(self, connection):
        many = self.random.random() < 0.3
        batch = [self.record() for _ in range(self.random.randrange(2, 60) if many else 1)]
        try:
            if many:
                entries = [{"Data": data, "PartitionKey": pk} for _, data, pk in batch]
                status, said = connection.call("PutRecords", {"StreamName": STREAM, "Records": entries})
                results = said.get("Records")
            else:
                _, data, pk = batch[0]
                status, said = connection.call("PutRecord", {"StreamName": STREAM, "Data": data, "PartitionKey": pk})
                results = [said]
        except (OSError, http.client.HTTPException, ValueError):
            self.ledger.note([(key, UNKNOWN, None, None) for key, _, _ in batch])
            return False
        if status != 200:
            # A server error says nothing of what was stored; a client error says nothing was.
            outcome = REFUSED if status < 500 else UNKNOWN
            self.ledger.note([(key, outcome, None, None) for key, _, _ in batch])
            return True
        if len(results) != len(batch):
            raise Failure(f"PutRecords answered {len(results)} results to {len(batch)} records")
        self.ledger.note(
            [
                (key, ACKNOWLEDGED, r["ShardId"], int(r["SequenceNumber"]))
                if "SequenceNumber" in r
                else (key, REFUSED, None, None)
                for (key, _, _), r in zip(batch, results)
            ]
        )
        return True


def read_everything(port):
    """shard id -> [(sequence number, (writer, number))] from TRIM_HORIZON to the tip."""
    connection = Connection(port)
    shards = connection.must("ListShards", {"StreamName": STREAM})["Shards"]
    stored = {}
    for shard in shards:
        rows = []
        position = connection.must(
            "GetShardIterator",
            {"StreamName": STREAM, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"},
        )["ShardIterator"]
        while True:
            page = connection.must("GetRecords", {"ShardIterator": position, "Limit": 10000})
            for record in page["Records"]:
                text = base64.b64decode(record["Data"]).decode().rstrip(".")
                said = json.loads(text)
                rows.append((int(record["SequenceNumber"]), (said["writer"], said["n"])))
            if not page["Records"] and page["MillisBehindLatest"] == 0:
                break
            position = page["NextShardIterator"]
        stored[shard["ShardId"]] = rows
    return stored


class History:
    """Which record each sequence number was seen to belong to, over all cycles."""

    def __init__(self):
        self.owner = {}  # (shard, sequence number) -> (writer, number)

    def claim(self, shard, number, key):
        other = self.owner.setdefault((shard, number), key)
        if other != key:
            raise Failure(f"{shard}: number {number} was given to {other} and to {key}")


def check(stored, ledger, history):
    """Raises Failure at the first promise that was not kept; gives the number of records there."""
    where = {}
    for shard, rows in stored.items():
        numbers = [number for number, _ in rows]
        for before, after in zip(numbers, numbers[1:]):
            if after <= before:
                raise Failure(f"{shard}: sequence number {after} stands after {before}")
        last = {}
        for number, key in rows:
            if key in where:
                raise Failure(f"record {key} is there twice: {where[key]} and {(shard, number)}")
            where[key] = (shard, number)
            writer, n = key
            if last.get(writer, -1) >= n:
                raise Failure(f"{shard}: writer {writer}'s record {n} stands after its record {last[writer]}")
            last[writer] = n
            history.claim(shard, number, key)
    for key, (outcome, shard, number) in ledger.sent.items():
        if outcome == ACKNOWLEDGED:
            history.claim(shard, number, key)
            if key not in where:
                raise Failure(f"acknowledged record {key} ({shard}, {number}) is lost")
            if where[key] != (shard, number):
                raise Failure(f"record {key} was acknowledged as {(shard, number)} and is {where[key]}")
        elif outcome == REFUSED and key in where:
            raise Failure(f"refused record {key} is there: {where[key]}")
    for key in where:
        if key not in ledger.sent:
            raise Failure(f"record {key} is there and nobody sent it")
    return len(where)


def settle_unknown(stored, ledger):
    """What a restart showed of an unknown put is final: there means acknowledged, absent means refused."""
    where = {key: (shard, number) for shard, rows in stored.items() for number, key in rows}
    for key, (outcome, _, _) in list(ledger.sent.items()):
        if outcome == UNKNOWN:
            found = where.get(key)
            ledger.sent[key] = (ACKNOWLEDGED, *found) if found else (REFUSED, None, None)


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


def cycle(number, server, ledger, history, chance, options, seed):
    """One round of load, kill, start, check. Gives one line of figures."""
    firsts = {w: 0 for w in range(options.writers)}
    for writer, n in ledger.sent:
        firsts[writer] = max(firsts[writer], n + 1)
    before = len(ledger.sent)
    ledger.first_acknowledged.clear()
    writers = [Writer(w, firsts[w], server.port, ledger, f"{seed}/{number}/{w}") for w in firsts]
    for writer in writers:
        writer.start()
    if not ledger.first_acknowledged.wait(30):
        server.kill()
        raise Failure(f"no put was acknowledged within 30 s: {[w.problem for w in writers]}")
    moment = chance.uniform(options.min_s, options.max_s)
    time.sleep(moment)
    server.kill()
    for writer in writers:
        writer.join(60)
        if writer.problem:
            raise Failure(f"writer {writer.index}: {writer.problem!r}")
    integrity(server.data)
    twice = chance.random() < 0.3
    if twice:  # a second kill, in the middle of the recovery from the first
        server.launch()
        time.sleep(chance.uniform(0, 0.03))
        server.kill()
        server.process.stdout.close()
    took = server.start()
    stored = read_everything(server.port)
    there = check(stored, ledger, history)
    counts = ledger.counts()
    settle_unknown(stored, ledger)
    return (
        f"cycle {number:>3}: killed after {moment:4.2f} s{' and once more at start-up' if twice else ''}, "
        f"{len(ledger.sent) - before} sent, {counts[UNKNOWN]} unknown; ready again in {took * 1000:.0f} ms, "
        f"{there} records, all acknowledged ones there"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin", help="folder with millrace-emulator")
    parser.add_argument("--cycles", type=int, default=10)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--shards", type=int, default=3)
    parser.add_argument("--min-s", type=float, default=0.2, help="earliest kill after the first reply")
    parser.add_argument("--max-s", type=float, default=2.0, help="latest kill after the first reply")
    parser.add_argument("--durability", default="full", choices=("full", "normal", "off"))
    parser.add_argument("--seed", default="millrace")
    parser.add_argument("--keep", action="store_true", help="keep the data directory")
    options = parser.parse_args()
    program = pathlib.Path(options.bin) / "millrace-emulator"
    if not os.access(program, os.X_OK):
        sys.exit(f"kill_loop: no {program}: build first (./dev build)")

    folder = tempfile.mkdtemp(prefix="millrace-crash-")
    data = pathlib.Path(folder) / "data"
    server = Server(program, data, options.durability)
    ledger, history, chance = Ledger(), History(), random.Random(options.seed)
    done = 0
    try:
        server.start()
        connection = Connection(server.port)
        connection.must("CreateStream", {"StreamName": STREAM, "ShardCount": options.shards})
        deadline = time.monotonic() + 30
        while (
            connection.must("DescribeStreamSummary", {"StreamName": STREAM})["StreamDescriptionSummary"]["StreamStatus"]
            != "ACTIVE"
        ):
            if time.monotonic() > deadline:
                raise Failure("the stream did not become ACTIVE")
            time.sleep(0.02)
        print(
            f"{options.cycles} cycles, {options.writers} writers, {options.shards} shards, "
            f"--durability {options.durability}, seed {options.seed}",
            flush=True,
        )
        for number in range(1, options.cycles + 1):
            print(cycle(number, server, ledger, history, chance, options, options.seed), flush=True)
            done += 1
        server.stop()
        integrity(data)
        server.start()
        there = check(read_everything(server.port), ledger, history)
        server.stop()
        size = sum(p.stat().st_size for p in data.rglob("*") if p.is_file())
        print(f"after a clean stop and start: {there} records, {size / 1e6:.1f} MB on disk")
    except Failure as failure:
        print(f"FAILED in cycle {done + 1}: {failure}\ndata kept in {folder}", file=sys.stderr)
        options.keep = True
        sys.exit(1)
    finally:
        if server.process and server.process.poll() is None:
            server.kill()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{done} kills survived: every acknowledged record there, none twice, order kept, no number reused")


if __name__ == "__main__":
    main()
