#!/usr/bin/env python3
"""Load measures of the emulator, each with its result checked. Prints one table, writes JSON.

  put    PutRecord, one 79-byte trade a call, 32 connections
  puts   PutRecords, 500 such trades a call, 4 connections
  gets   GetRecords, 10,000 records a call from TRIM_HORIZON, 2 connections

Servers measured in one run, so that their ratios mean something: the echo server (benchmarks/
echo_server.cpp: HTTP and nothing else), the emulator with --memory and with --durability full, and
any server named by --peer NAME=URL. Checked: no reply but 200; after put and puts the stream holds as
many records as were answered (at most the calls in flight at the end more); a page of gets holds
10,000 records of the right bytes. RSS is the emulator's, at start and after its last measure.
Uses wrk. The load generator shares the machine's cores with the server.
"""
import argparse
import base64
import http.client
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
TRADE = b'{"EVENT_TIME": "2020-09-01T12:00:00.000000", "TICKER": "AMZN", "PRICE": 42.125}'
DATA = base64.b64encode(TRADE).decode()
HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Date": "20260101T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kinesis/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0",
}
PAGE = 10000
RUN = os.getpid()  # part of stream names: a peer may hold streams of an earlier run


class Server:
    """A server under test; `process` is None for a peer that runs already."""

    def __init__(self, name, url=None, command=None, pid=None):
        self.name, self.url, self.process, self.pid = name, url, None, pid
        if command:
            self.process = subprocess.Popen(
                [str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            self.pid = self.process.pid
            said = []
            for line in self.process.stdout:
                said.append(line)
                found = re.search(r"listening on (http://127\.0\.0\.1:\d+)", line)
                self.url = found[1] if found else self.url
                if "Ready." in line:
                    break
            else:
                sys.exit(f"{name} did not start:\n{''.join(said)}")
            threading.Thread(target=self.drain, daemon=True).start()

    def drain(self):
        for _ in self.process.stdout:
            pass

    def rss_mb(self):
        if not self.pid:
            return None
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return round(int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024, 1)

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def call(self, operation, body):
        where = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=120)
        try:
            headers = dict(HEADERS, **{"X-Amz-Target": f"Kinesis_20131202.{operation}"})
            connection.request("POST", "/", json.dumps(body), headers)
            answer = connection.getresponse()
            data = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{self.name}: {operation} answered {answer.status}: {data[:300]}")
            return json.loads(data) if data else {}
        finally:
            connection.close()

    def make_stream(self, name, shards):
        self.call("CreateStream", {"StreamName": name, "ShardCount": shards})
        deadline = time.monotonic() + 30
        while self.call("DescribeStream", {"StreamName": name})["StreamDescription"]["StreamStatus"] != "ACTIVE":
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name}: stream {name} did not become ACTIVE")
            time.sleep(0.05)

    def iterator(self, stream, shard):
        body = {"StreamName": stream, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        return self.call("GetShardIterator", body)["ShardIterator"]

    def count(self, stream):
        total = 0
        for shard in self.call("DescribeStream", {"StreamName": stream})["StreamDescription"]["Shards"]:
            position = self.iterator(stream, shard["ShardId"])
            while True:
                page = self.call("GetRecords", {"ShardIterator": position, "Limit": PAGE})
                if not page["Records"]:
                    break
                total += len(page["Records"])
                position = page["NextShardIterator"]
        return total


def wrk(server, operation, body, connections, seconds, folder):
    path = pathlib.Path(folder) / "body.json"
    path.write_text(body)
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", HERE / "load.lua", server.url + "/"],
        env=dict(os.environ, OPERATION=operation, BODY_FILE=str(path)),
        capture_output=True,
        text=True,
    )
    found = re.search(r"^RESULT (.*)$", done.stdout, re.M)
    if not found:
        raise RuntimeError(f"wrk failed: {done.stdout}{done.stderr}")
    result = json.loads(found[1])
    if result["status_errors"] or result["socket_errors"]:
        raise RuntimeError(f"{server.name}: {operation}: {result}")
    return result


def put(server, options, folder, echo):
    if not echo:
        server.make_stream(f"bench-put-{RUN}", 4)
    body = json.dumps({"StreamName": f"bench-put-{RUN}", "PartitionKey": "k{n}", "Data": DATA})
    return check_put(server, wrk(server, "PutRecord", body, 32, options.seconds, folder), f"bench-put-{RUN}", 1, 32, echo)


def puts(server, options, folder, echo):
    if not echo:
        server.make_stream(f"bench-puts-{RUN}", 4)
    records = [{"PartitionKey": f"k{i}", "Data": DATA} for i in range(500)]
    body = json.dumps({"StreamName": f"bench-puts-{RUN}", "Records": records}, separators=(",", ":"))
    return check_put(server, wrk(server, "PutRecords", body, 4, options.seconds, folder), f"bench-puts-{RUN}", 500, 4, echo)


def check_put(server, result, stream, per_call, connections, echo):
    answered = result["requests"] * per_call
    if not echo:
        stored = server.count(stream)
        if not answered <= stored <= answered + connections * per_call:
            raise RuntimeError(f"{server.name}: {answered} records answered, {stored} stored in {stream}")
        result["stored"] = stored
    result["records_per_s"] = round(answered / result["seconds"])
    return result


def gets(server, options, folder, echo):
    if echo:
        return None
    server.make_stream(f"bench-gets-{RUN}", 1)
    records = [{"PartitionKey": f"k{i}", "Data": DATA} for i in range(500)]
    for _ in range(2 * PAGE // 500):
        server.call("PutRecords", {"StreamName": f"bench-gets-{RUN}", "Records": records})
    position = server.iterator(f"bench-gets-{RUN}", "shardId-000000000000")
    page = server.call("GetRecords", {"ShardIterator": position, "Limit": PAGE})["Records"]
    if len(page) != PAGE or any(r["Data"] != DATA for r in page):
        raise RuntimeError(f"{server.name}: a page of {len(page)} records, or of other bytes")
    body = json.dumps({"ShardIterator": position, "Limit": PAGE})
    result = wrk(server, "GetRecords", body, 2, options.seconds, folder)
    result["records_per_s"] = round(result["requests"] * PAGE / result["seconds"])
    return result


MEASURES = {"put": put, "puts": puts, "gets": gets}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", choices=[*MEASURES, "all"], default="all")
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--out", default="build/bench")
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=URL[,PID]")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("load.py needs wrk (apt-get install wrk)")
    wanted = list(MEASURES) if options.name == "all" else [options.name]
    bin_folder = pathlib.Path(options.bin)
    rows = []
    with tempfile.TemporaryDirectory(prefix="millrace-bench-") as folder:

        def measure(server):
            row = {"server": server.name, "rss_start_mb": server.rss_mb()}
            try:
                for name in wanted:
                    row[name] = MEASURES[name](server, options, folder, server.name == "echo")
                row["rss_after_mb"] = server.rss_mb()
            finally:
                server.stop()
            rows.append(row)
            print(line(row), flush=True)

        listen = ["--listen", "127.0.0.1:0", "--limits", "off"]
        emulator = bin_folder / "millrace-emulator"
        print(line(None))
        measure(Server("echo", command=[bin_folder / "millrace-echo"]))
        measure(Server("millrace --memory", command=[emulator, *listen, "--memory"]))
        for level in ("full",):
            data = ["--data", pathlib.Path(folder) / level, "--durability", level]
            measure(Server(f"millrace --durability {level}", command=[emulator, *listen, *data]))
        for peer in options.peer:
            name, _, where = peer.partition("=")
            url, _, pid = where.partition(",")
            measure(Server(name, url=url, pid=int(pid) if pid else None))

    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"load-{options.name}.json"
    report = {
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": {"cores": os.cpu_count(), "processor": processor(), "system": platform.platform()},
        "seconds": options.seconds,
        "record_bytes": len(TRADE),
        "rows": rows,
    }
    path.write_text(json.dumps(report, indent=1) + "\n")
    print(f"written: {path}")


def processor():
    for text in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if text.startswith("model name"):
            return text.partition(":")[2].strip()
    return platform.machine()


def line(row):
    def cell(result):
        return f"{result['records_per_s']:>12,} ({result['p50_ms']:7.2f} ms)" if result else " " * 22 + "-"

    if row is None:
        return f"{'server':<28}{'PutRecord rec/s (p50)':>25}{'PutRecords rec/s (p50)':>25}{'GetRecords rec/s (p50)':>25}  RSS MB"
    rss = f"{row['rss_start_mb']} -> {row['rss_after_mb']}" if row["rss_start_mb"] else "-"
    return f"{row['server']:<28}" + "".join(f"{cell(row.get(n)):>25}" for n in MEASURES) + f"  {rss}"


if __name__ == "__main__":
    main()
