"""The load that is killed: writers, and what goes on beside them. Plain HTTP, no retries."""
import base64
import http.client
import json
import random
import struct
import threading
import time

from kill_check import ACKNOWLEDGED, REFUSED, UNKNOWN, Failure, partition_key

STREAM = "crash"
HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Date": "20260101T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kinesis/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0",
}
ACCOUNT = "000000000000"
STREAM_ARN = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/{STREAM}"
BROKEN = (OSError, http.client.HTTPException, ValueError)
MOVE_MS = 25 * 3_600_000  # of the clock: everything expires


class Connection:
    """One kept-alive connection; call() raises one of BROKEN when no whole reply came."""

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

    def clock_ms(self, advance_ms=None):
        """How far the emulator's clock was moved, after moving it once more."""
        body = json.dumps({"advance_ms": advance_ms}) if advance_ms else None
        self.http.request(
            "POST" if body else "GET", "/_millrace/api/clock", body, {"Content-Type": "application/json"}
        )
        answer = self.http.getresponse()
        said = json.loads(answer.read())
        if answer.status != 200:
            raise Failure(f"the clock answered {answer.status}: {said}")
        return said["offset_ms"]


def all_shards(connection):
    shards, body = [], {"StreamName": STREAM}
    while True:
        page = connection.must("ListShards", body)
        shards += page["Shards"]
        if not page.get("NextToken"):
            return shards
        body = {"NextToken": page["NextToken"]}


def key_of(record):
    said = json.loads(base64.b64decode(record["Data"]).decode().rstrip("."))
    return said["writer"], said["n"]


def iterator(connection, shard, kind="TRIM_HORIZON"):
    body = {"StreamName": STREAM, "ShardId": shard, "ShardIteratorType": kind}
    return connection.must("GetShardIterator", body)["ShardIterator"]


def read_everything(port, shards=None):
    """shard id -> [(sequence number, (writer, number))] from TRIM_HORIZON to the tip."""
    connection = Connection(port)
    stored = {}
    for shard in shards or all_shards(connection):
        rows, empty = [], 0
        position = iterator(connection, shard["ShardId"])
        while position:
            page = connection.must("GetRecords", {"ShardIterator": position, "Limit": 10000})
            rows += [(int(record["SequenceNumber"]), key_of(record)) for record in page["Records"]]
            empty = 0 if page["Records"] else empty + 1
            if not page["Records"] and (page.get("MillisBehindLatest") == 0 or empty > 20):
                break
            position = page.get("NextShardIterator")
        stored[shard["ShardId"]] = rows
    return stored


class Worker(threading.Thread):
    """Calls turn(connection) until it gives False or the connection breaks."""

    def __init__(self, port, ledger, seed):
        super().__init__(daemon=True)
        self.port, self.ledger, self.random = port, ledger, random.Random(seed)
        self.problem = None
        self.over = threading.Event()

    def run(self):
        try:
            connection = Connection(self.port)
            while not self.over.is_set() and self.turn(connection):
                pass
        except BROKEN:
            pass
        except Exception as problem:  # reported by the main thread
            self.problem = problem


class Writer(Worker):
    """Puts records numbered from `first` on until its connection breaks."""

    def __init__(self, index, first, port, ledger, seed):
        super().__init__(port, ledger, seed)
        self.index, self.next = index, first

    def record(self):
        key = (self.index, self.next)
        self.next += 1
        text = json.dumps({"writer": key[0], "n": key[1]}) + "." * self.random.randrange(200)
        return key, base64.b64encode(text.encode()).decode(), partition_key(key)

    def turn(self, connection):
        many = self.random.random() < 0.3
        batch = [self.record() for _ in range(self.random.randrange(2, 60) if many else 1)]
        epoch = self.ledger.epoch
        try:
            if many:
                entries = [{"Data": data, "PartitionKey": pk} for _, data, pk in batch]
                status, said = connection.call("PutRecords", {"StreamName": STREAM, "Records": entries})
                results = said.get("Records")
            else:
                _, data, pk = batch[0]
                status, said = connection.call("PutRecord", {"StreamName": STREAM, "Data": data, "PartitionKey": pk})
                results = [said]
        except BROKEN:
            self.ledger.note([(key, UNKNOWN, None, None) for key, _, _ in batch], epoch)
            return False
        if status != 200:
            # A server error says nothing of what was stored; a client error says nothing was.
            outcome = REFUSED if status < 500 else UNKNOWN
            self.ledger.note([(key, outcome, None, None) for key, _, _ in batch], epoch)
            return True
        if len(results) != len(batch):
            raise Failure(f"PutRecords answered {len(results)} results to {len(batch)} records")
        self.ledger.note(
            [
                (key, ACKNOWLEDGED, r["ShardId"], int(r["SequenceNumber"]))
                if r.get("SequenceNumber")
                else (key, REFUSED, None, None)
                for (key, _, _), r in zip(batch, results)
            ],
            epoch,
        )
        return True


class Resharder(Worker):
    """Splits and merges at random, between 2 and 8 open shards."""

    done = 0

    def turn(self, connection):
        time.sleep(self.random.uniform(0.01, 0.15))
        opened = [s for s in all_shards(connection) if "EndingSequenceNumber" not in s["SequenceNumberRange"]]
        opened.sort(key=lambda s: int(s["HashKeyRange"]["StartingHashKey"]))
        at = self.random.randrange(len(opened))
        if len(opened) < 3 or (len(opened) < 8 and self.random.random() < 0.5):
            low, high = (int(opened[at]["HashKeyRange"][f"{end}HashKey"]) for end in ("Starting", "Ending"))
            status, said = connection.call(
                "SplitShard",
                {
                    "StreamName": STREAM,
                    "ShardToSplit": opened[at]["ShardId"],
                    "NewStartingHashKey": str((low + high) // 2),
                },
            )
        else:
            at = min(at, len(opened) - 2)
            status, said = connection.call(
                "MergeShards",
                {
                    "StreamName": STREAM,
                    "ShardToMerge": opened[at]["ShardId"],
                    "AdjacentShardToMerge": opened[at + 1]["ShardId"],
                },
            )
        if status == 200:
            self.done += 1
        elif status >= 500:
            raise Failure(f"resharding answered {status}: {said}")
        return True


class ClockMover(Worker):
    """Moves the emulator's clock once, so that all records so far expire and are trimmed under load."""

    done = 0

    def turn(self, connection):
        time.sleep(self.random.uniform(0.05, 0.4))
        self.ledger.epoch += 1
        connection.clock_ms(MOVE_MS)
        self.ledger.epoch += 1
        self.done += 1
        return False


class Poller(Worker):
    """Reads a shard by GetRecords and notes what it was shown."""

    def turn(self, connection):
        shards = [s for s in all_shards(connection) if "EndingSequenceNumber" not in s["SequenceNumberRange"]]
        shard = self.random.choice(shards)["ShardId"]
        position = iterator(connection, shard)
        until = time.monotonic() + 0.5
        while position and time.monotonic() < until:
            epoch = self.ledger.epoch
            status, page = connection.call("GetRecords", {"ShardIterator": position, "Limit": 1000})
            if status == 400 and page["__type"] == "ExpiredIteratorException":
                return True  # the clock was moved
            if status != 200:
                raise Failure(f"GetRecords answered {status}: {page}")
            rows = [(shard, int(r["SequenceNumber"]), key_of(r)) for r in page["Records"]]
            self.ledger.note_seen(rows, epoch)
            position = page.get("NextShardIterator")
            if not rows:
                time.sleep(0.02)
        return True


def frames(stream):
    """(headers, payload) of each event-stream message until the stream ends."""
    while True:
        prelude = stream.read(12)
        if len(prelude) < 12:
            return
        total, header_size, _ = struct.unpack(">III", prelude)
        rest = stream.read(total - 12)
        if len(rest) < total - 12:
            return
        headers, at = {}, 0
        while at < header_size:
            size = rest[at]
            name = rest[at + 1 : at + 1 + size].decode()
            at += size + 2  # the type is always a string
            (size,) = struct.unpack(">H", rest[at : at + 2])
            headers[name] = rest[at + 2 : at + 2 + size].decode()
            at += 2 + size
        yield headers, rest[header_size:-4]


class Subscriber(Worker):
    """Is pushed the records of shards, one after the other, and notes what it was shown."""

    def __init__(self, consumer, port, ledger, seed):
        super().__init__(port, ledger, seed)
        self.consumer = consumer

    def turn(self, connection):
        shards = [s for s in all_shards(connection) if "EndingSequenceNumber" not in s["SequenceNumberRange"]]
        shard = self.random.choice(shards)["ShardId"]
        own = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        body = {
            "ConsumerARN": self.consumer,
            "ShardId": shard,
            "StartingPosition": {"Type": "TRIM_HORIZON"},
        }
        own.request(
            "POST", "/", json.dumps(body), dict(HEADERS, **{"X-Amz-Target": "Kinesis_20131202.SubscribeToShard"})
        )
        answer = own.getresponse()
        if answer.status != 200:
            answer.read()
            own.close()
            time.sleep(0.1)  # ResourceInUse: taken over within five seconds of the last one
            return True
        until = time.monotonic() + 6
        for headers, payload in frames(answer):
            if headers.get(":event-type") == "SubscribeToShardEvent":
                epoch = self.ledger.epoch
                event = json.loads(payload)
                self.ledger.note_seen([(shard, int(r["SequenceNumber"]), key_of(r)) for r in event["Records"]], epoch)
            if time.monotonic() > until or self.over.is_set():
                break
        own.close()
        return True
