"""How long a record takes from its put to its reader.

  push   PutRecord to the record's arrival at a SubscribeToShard subscriber
  read   PutRecord to its arrival at a reader that polls GetRecords, pausing POLL_MS between two calls

One record at a time, `samples` of them, --durability full, raw sockets (a client costs about as much
as the server here). The record carries its number, so each arrival is checked to be the right one.
"""
import base64
import json
import re
import socket
import statistics
import threading
import time
import urllib.parse

from servers import HEADERS, Failed

POLL_MS = 5


class Wire:
    """HTTP/1.1 by hand on one socket: no library's time in the figure."""

    def __init__(self, server):
        where = urllib.parse.urlsplit(server.url)
        self.host = f"{where.hostname}:{where.port}"
        self.socket = socket.create_connection((where.hostname, where.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def send(self, operation, body):
        body = json.dumps(body).encode()
        head = [f"POST / HTTP/1.1\r\nHost: {self.host}\r\nContent-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in HEADERS.items()]
        head += [f"X-Amz-Target: Kinesis_20131202.{operation}", "", ""]
        self.socket.sendall("\r\n".join(head).encode() + body)

    def more(self):
        got = self.socket.recv(1 << 16)
        if not got:
            raise Failed("the server closed the connection")
        self.rest += got

    def answer(self):
        while b"\r\n\r\n" not in self.rest:
            self.more()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        size = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        while len(self.rest) < size:
            self.more()
        body, self.rest = self.rest[:size], self.rest[size:]
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise Failed(f"answered {head.splitlines()[0]}: {body[:200]}")
        return json.loads(body)

    def close(self):
        self.socket.close()


def data_of(number):
    return base64.b64encode(b'{"TICKER": "AMZN", "NUMBER": %012d}' % number)


class Reader(threading.Thread):
    """Notes when each record came; `ready` once it reads."""

    def __init__(self, samples):
        super().__init__(daemon=True)
        self.samples, self.came, self.failed = samples, [], None
        self.ready = threading.Event()
        self.one_came = threading.Semaphore(0)

    def run(self):
        try:
            self.read()
        except Exception as problem:  # reported by the thread that waits
            self.failed = problem
            self.ready.set()
            self.one_came.release()

    def note(self):
        self.came.append(time.perf_counter())
        self.one_came.release()


class Poller(Reader):
    def __init__(self, server, stream, samples):
        super().__init__(samples)
        self.wire = Wire(server)
        self.position = server.iterator(stream, "shardId-000000000000", "LATEST")

    def read(self):
        self.ready.set()
        while len(self.came) < self.samples:
            self.wire.send("GetRecords", {"ShardIterator": self.position, "Limit": 100})
            page = self.wire.answer()
            self.position = page["NextShardIterator"]
            for record in page["Records"]:
                if record["Data"].encode() != data_of(len(self.came)):
                    raise Failed(f"another record than number {len(self.came)}: {record}")
                self.note()
            time.sleep(POLL_MS / 1000)


class Subscriber(Reader):
    def __init__(self, server, stream, samples):
        super().__init__(samples)
        arn = server.call("DescribeStream", {"StreamName": stream})["StreamDescription"]["StreamARN"]
        made = server.call("RegisterStreamConsumer", {"StreamARN": arn, "ConsumerName": "bench"})
        self.consumer = made["Consumer"]["ConsumerARN"]
        deadline = time.monotonic() + 30
        while server.call("DescribeStreamConsumer", {"ConsumerARN": self.consumer})["ConsumerDescription"]["ConsumerStatus"] != "ACTIVE":
            if time.monotonic() > deadline:
                raise Failed("the consumer did not become ACTIVE")
            time.sleep(0.05)
        self.wire = Wire(server)

    def read(self):
        self.wire.send(
            "SubscribeToShard",
            {
                "ConsumerARN": self.consumer,
                "ShardId": "shardId-000000000000",
                "StartingPosition": {"Type": "LATEST"},
            },
        )
        while b"MillisBehindLatest" not in self.wire.rest:  # the first event: it is up
            self.wire.more()
        self.ready.set()
        while len(self.came) < self.samples:
            wanted = data_of(len(self.came))
            at = self.wire.rest.find(wanted)
            if at < 0:
                self.wire.more()
                continue
            self.wire.rest = self.wire.rest[at + len(wanted) :]
            self.note()


def measure(server, kind, samples=400):
    stream = f"bench-latency-{kind}"
    server.make_stream(stream, 1)
    reader = (Subscriber if kind == "push" else Poller)(server, stream, samples)
    reader.start()
    reader.ready.wait(30)
    writer = Wire(server)
    sent, put = [], []
    for number in range(samples):
        body = {"StreamName": stream, "PartitionKey": "k", "Data": data_of(number).decode()}
        sent.append(time.perf_counter())
        writer.send("PutRecord", body)
        writer.answer()
        put.append(time.perf_counter() - sent[-1])
        if not reader.one_came.acquire(timeout=30) or reader.failed:
            raise Failed(f"record {number} did not come by {kind}: {reader.failed}")
        time.sleep(0.001 + number % 7 * 0.001)  # so that polls and puts do not march in step
    reader.join(30)
    took = sorted((came - begun) * 1000 for came, begun in zip(reader.came, sent))
    writer.close()
    reader.wire.close()
    return {
        "samples": samples,
        "p50_ms": round(statistics.median(took), 3),
        "p99_ms": round(took[int(len(took) * 0.99)], 3),
        "put_p50_ms": round(statistics.median(put) * 1000, 3),
        "poll_ms": POLL_MS if kind == "read" else None,
    }
