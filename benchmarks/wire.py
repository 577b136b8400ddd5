#!/usr/bin/env python3
"""The same calls by JSON and CBOR, over HTTP/1.1 and HTTP/2, side by side. Prints tables, writes JSON.

  PutRecord    one 79-byte trade a call, 32 under way (HTTP/1.1: 32 connections, HTTP/2: 4 x 8 streams)
  PutRecords   500 such trades a call, 4 under way
  GetRecords   10,000 records a call, 2 under way
  connections  a new connection for each call, as the JavaScript SDK has it: ListStreams
  fan-out      from the call of PutRecord to its event at a subscriber, median; raw sockets, both on
               the same version of HTTP

h2load makes the load for both versions. Beside the rate stands the emulator's own CPU time for each call:
it does not depend on what else the machine does. The rounds of a line take turns, the best counts.
Checked: every answer is 200, and the stream holds what was answered.
"""
import argparse
import base64
import json
import os
import pathlib
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import cbor2

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from benchmarks.servers import Server  # noqa: E402
from tests.conformance.abuses import PREFACE, connect, frame, h2_request, request  # noqa: E402

TRADE = b'{"EVENT_TIME": "2020-09-01T12:00:00.000000", "TICKER": "AMZN", "PRICE": 42.125}'
AUTH = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kinesis/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0"
)
MEASURES = ("PutRecord", "PutRecords", "GetRecords", "connections", "fan-out")
CODINGS = {"JSON": "application/x-amz-json-1.1", "CBOR": "application/x-amz-cbor-1.1"}
PAGE = 10_000
SHARD = "shardId-000000000000"


def encoded(coding, body):
    if coding == "CBOR":
        return cbor2.dumps(body)
    return json.dumps(body, separators=(",", ":"), default=lambda data: base64.b64encode(data).decode()).encode()


class Load:
    """One emulator, and h2load against it."""

    def __init__(self, server, folder, seconds):
        self.server, self.folder, self.seconds = server, pathlib.Path(folder), seconds

    def cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.server.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def run(self, operation, coding, version, body, under_way, fresh=0):
        """One measure; fresh: so many calls, each on a connection of its own, instead of some seconds."""
        path = self.folder / "body"
        path.write_bytes(encoded(coding, body))
        streams = 8 if under_way >= 32 else 1
        if version == "HTTP/1.1":
            how = ["--h1", "-m1", f"-c{under_way}"]
        else:
            how = [f"-c{under_way // streams}", f"-m{streams}", "-w20", "-W24"]
        much = [f"-D{self.seconds}"]
        if fresh:
            how = [*(["--h1"] if version == "HTTP/1.1" else []), f"-c{fresh}", "-m1", "-r2000"]
            much = [f"-n{fresh}"]
        before, began = self.cpu_s(), time.monotonic()
        done = subprocess.run(
            ["h2load", *how, *much, "-t1", "-d", path, "-H", f"content-type: {CODINGS[coding]}",
             "-H", f"x-amz-target: Kinesis_20131202.{operation}", "-H", "x-amz-date: 20260101T000000Z",
             "-H", f"authorization: {AUTH}", self.server.url + "/"], capture_output=True, text=True, check=False)  # fmt: skip
        took, cpu = time.monotonic() - began, self.cpu_s() - before
        codes = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", done.stdout)
        failed = re.search(r"(\d+) failed, (\d+) errored", done.stdout)
        if not codes or any(int(n) for n in codes.groups()[1:]) or not int(codes[1]) or (fresh and int(failed[2])):
            raise RuntimeError(f"{operation} {coding} {version}: {done.stdout[-800:]}{done.stderr[-300:]}")
        calls = int(codes[1])
        return {"calls_per_s": round(calls / took), "cpu_us": round(cpu / calls * 1e6, 1), "calls": calls}


def better(one, other):
    return one if other is None or one["calls_per_s"] > other["calls_per_s"] else other


def table(title, load, operation, body, under_way, rounds, per_call=1, fresh=0):
    print(f"\n{title}\n{'':<18}{'calls/s':>10}{'records/s':>13}{'server CPU us/call':>21}")
    cells = [(coding, version) for coding in CODINGS for version in ("HTTP/1.1", "HTTP/2")]
    best, calls = {}, 0
    for _ in range(rounds):
        for cell in cells:
            got = load.run(operation, *cell, body, under_way, fresh)
            calls += got["calls"]
            best[cell] = better(got, best.get(cell))
    for cell in cells:
        got = best[cell]
        print(f"{cell[0] + ' ' + cell[1]:<18}{got['calls_per_s']:>10,}{got['calls_per_s'] * per_call:>13,}{got['cpu_us']:>21,}", flush=True)
    ratio = best[("CBOR", "HTTP/2")]["calls_per_s"] / best[("JSON", "HTTP/1.1")]["calls_per_s"]
    cost = best[("CBOR", "HTTP/2")]["cpu_us"] / best[("JSON", "HTTP/1.1")]["cpu_us"]
    print(f"CBOR over HTTP/2 beside JSON over HTTP/1.1: {ratio:.2f} times the rate, {cost:.2f} times the server's CPU time")
    return {"rows": {" ".join(cell): got for cell, got in best.items()}, "calls": calls}


def fan_out(server, version, turns=400):
    """Milliseconds from a PutRecord to its event, median and p99."""
    name = f"fan-{version.replace('/', '-')}"
    server.make_stream(name, 1)
    arn = server.call("DescribeStreamSummary", {"StreamName": name})["StreamDescriptionSummary"]["StreamARN"]
    consumer = server.call("RegisterStreamConsumer", {"StreamARN": arn, "ConsumerName": "c"})["Consumer"]["ConsumerARN"]
    while server.call("DescribeStreamConsumer", {"ConsumerARN": consumer})["ConsumerDescription"]["ConsumerStatus"] != "ACTIVE":
        time.sleep(0.02)
    ask = {"ConsumerARN": consumer, "ShardId": SHARD, "StartingPosition": {"Type": "LATEST"}}
    port = int(server.url.rsplit(":", 1)[1])
    subscriber, putter = Raw(port, version), Raw(port, version)
    subscriber.send("SubscribeToShard", ask)
    subscriber.wait(b"MillisBehindLatest")  # the first event: it is up
    took = []
    for turn in range(turns):
        data = base64.b64encode(f"{turn:012}".encode())
        began = putter.send("PutRecord", {"StreamName": name, "PartitionKey": "k", "Data": data.decode()})
        subscriber.wait(data)
        took.append((time.perf_counter() - began) * 1000)
        putter.wait(b"SequenceNumber")
        time.sleep(0.001 + turn % 7 * 0.001)  # not in step with anything
    return {"median_ms": round(statistics.median(took), 2), "p99_ms": round(sorted(took)[int(turns * 0.99)], 2)}


class Raw:
    """A connection whose bytes are only searched: no library's time in the figure."""

    def __init__(self, port, version):
        self.sock, self.got, self.stream = connect(port), b"", -1
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.h2 = version == "HTTP/2"
        if self.h2:  # windows that never close: 2^31 - 1 for each stream, as much for the connection
            self.sock.sendall(PREFACE + frame(4, 0, 0, b"\0\4\x7f\xff\xff\xff") + frame(8, 0, 0, b"\x7f\xff\0\0"))

    def send(self, target, body):
        """When it was sent."""
        self.stream += 2
        data = h2_request(self.stream, target, body) if self.h2 else request(target, body)
        began = time.perf_counter()
        self.sock.sendall(data)
        return began

    def wait(self, wanted):
        while (at := self.got.find(wanted)) < 0:
            more = self.sock.recv(65536)
            if not more:
                raise RuntimeError(f"the server ended the connection: {self.got[-300:]}")
            self.got += more
        self.got = self.got[at + len(wanted) :]


def count_records(load, stream, calls, per_call, spare, rounds):
    """The stream holds what was answered."""
    if calls * per_call > 2_000_000:
        return  # counting them would take longer than all the rest
    answered, stored = calls * per_call, load.server.count(stream)
    # What was under way at the end of a measure may be stored without an answer.
    if not answered <= stored <= answered + 4 * rounds * spare * per_call:
        raise RuntimeError(f"{stream}: {answered} records answered, {stored} stored")


def put_record(load, rounds):
    load.server.make_stream("put", 4)
    one = {"StreamName": "put", "PartitionKey": "k", "Data": TRADE}
    got = table("PutRecord, 79 bytes, 32 under way", load, "PutRecord", one, 32, rounds)
    count_records(load, "put", got["calls"], 1, 32, rounds)
    return got


def put_records(load, rounds):
    load.server.make_stream("puts", 4)
    many = {"StreamName": "puts", "Records": [{"PartitionKey": f"k{i}", "Data": TRADE} for i in range(500)]}
    got = table("PutRecords, 500 x 79 bytes, 4 under way", load, "PutRecords", many, 4, rounds, 500)
    count_records(load, "puts", got["calls"], 500, 4, rounds)
    return got


def get_records(load, rounds):
    load.server.make_stream("gets", 1)
    records = [{"PartitionKey": f"k{i}", "Data": base64.b64encode(TRADE).decode()} for i in range(500)]
    for _ in range(PAGE // 500):
        load.server.call("PutRecords", {"StreamName": "gets", "Records": records})
    page = {"ShardIterator": load.server.iterator("gets", SHARD), "Limit": PAGE}
    return table("GetRecords, 10,000 a call, 2 under way", load, "GetRecords", page, 2, rounds, PAGE)


def connections(load, rounds):
    return table("ListStreams, a new connection for each call", load, "ListStreams", {}, 1, rounds, fresh=4000)


def fan_outs(load, _rounds):
    print("\nfrom a PutRecord to its event at a subscriber, durability full")
    report = {}
    for version in ("HTTP/1.1", "HTTP/2"):
        got = report[version] = fan_out(load.server, version)
        print(f"{version:<18}median {got['median_ms']} ms, p99 {got['p99_ms']} ms", flush=True)
    return report


MEASURING = dict(zip(MEASURES, (put_record, put_records, get_records, connections, fan_outs)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--out", default="build/bench")
    parser.add_argument("--seconds", type=int, default=4, help="for one measure")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("names", nargs="*", help="of the above; all unless named")
    options = parser.parse_args()
    wanted = options.names or MEASURES
    if unknown := set(wanted) - set(MEASURES):
        parser.error(f"no measure {', '.join(sorted(unknown))}: {', '.join(MEASURES)}")
    if not shutil.which("h2load"):
        sys.exit("wire.py needs h2load (apt-get install nghttp2-client)")
    report = {"when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": platform.platform(), "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory(prefix="millrace-bench-") as folder:
        server = Server("millrace", command=[
            pathlib.Path(options.bin) / "millrace-emulator", "--listen", "127.0.0.1:0", "--limits", "off",
            "--transition-ms", "0", "--data", f"{folder}/data", "--log-level", "error"])  # fmt: skip
        try:
            load = Load(server, folder, options.seconds)
            for name in wanted:
                report[name] = MEASURING[name](load, options.rounds)
        finally:
            server.stop()
    path = pathlib.Path(options.out) / "wire.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n")
    print(f"\nwritten: {path}")


if __name__ == "__main__":
    main()
