#!/usr/bin/env python3
"""Half of the load the machine can give, for long: what grows that should not?

First millrace-generator puts as fast as it goes, for a few seconds; then at half of that rate, all
the time. Beside it a prober that measures PutRecord, pollers, a fan-out subscriber, splits and
merges, and the emulator's clock, which is moved on so that a day of retention is --day-s seconds.
Every few seconds memory, descriptors and the size of the files are noted.

Fails when descriptors grow, when memory still rises in the second half, when the files grow after
the first day is over, when the slowest hundredth of puts gets slower, or when anything is answered
with a 5xx.
"""
import argparse
import base64
import http.client
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import report
from kill_check import Failure, Ledger
from kill_load import BROKEN, HEADERS, STREAM, STREAM_ARN, Connection, Resharder, Worker, all_shards, frames
from kill_load import iterator
from kill_loop import integrity
from kill_servers import Millrace

DAY_MS = 24 * 3_600_000


class Prober(Worker):
    """PutRecord some twenty times a second; the latencies in ms with the time of each."""

    def __init__(self, port):
        super().__init__(port, Ledger(), "prober")
        self.latencies, self.failures, self.puts = [], [], 0

    def turn(self, connection):
        body = {"StreamName": STREAM, "Data": base64.b64encode(b"probe").decode(), "PartitionKey": str(self.puts)}
        began = time.monotonic()
        status, said = connection.call("PutRecord", body)
        self.latencies.append((began, (time.monotonic() - began) * 1000))
        self.puts += 1
        if status != 200:
            self.failures.append(f"PutRecord answered {status}: {said}")
        time.sleep(0.05)
        return True


class Counting(Worker):
    """Counts what it was shown; `failures` holds answers that no client should get."""

    def __init__(self, port, seed):
        super().__init__(port, Ledger(), seed)
        self.count, self.failures = 0, []


class CountingPoller(Counting):
    def turn(self, connection):
        shards = [s for s in all_shards(connection) if "EndingSequenceNumber" not in s["SequenceNumberRange"]]
        position = iterator(connection, self.random.choice(shards)["ShardId"], "LATEST")
        until = time.monotonic() + 3
        while position and time.monotonic() < until and not self.over.is_set():
            status, page = connection.call("GetRecords", {"ShardIterator": position, "Limit": 1000})
            if status >= 500:
                self.failures.append(f"GetRecords answered {status}: {page}")
            if status != 200:
                return True  # the iterator expired: the clock moves fast
            self.count += len(page["Records"])
            position = page.get("NextShardIterator")
            time.sleep(0.2)
        return True


class CountingSubscriber(Counting):
    def __init__(self, consumer, port, seed):
        super().__init__(port, seed)
        self.consumer = consumer

    def turn(self, connection):
        shards = [s for s in all_shards(connection) if "EndingSequenceNumber" not in s["SequenceNumberRange"]]
        own = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        body = {
            "ConsumerARN": self.consumer,
            "ShardId": self.random.choice(shards)["ShardId"],
            "StartingPosition": {"Type": "LATEST"},
        }
        headers = dict(HEADERS, **{"X-Amz-Target": "Kinesis_20131202.SubscribeToShard"})
        own.request("POST", "/", json.dumps(body), headers)
        answer = own.getresponse()
        if answer.status != 200:
            if answer.status >= 500:
                self.failures.append(f"SubscribeToShard answered {answer.status}")
            answer.read()
            own.close()
            time.sleep(0.5)
            return True
        until = time.monotonic() + 10
        for _, payload in frames(answer):
            self.count += payload.count(b'"SequenceNumber"')
            if time.monotonic() > until or self.over.is_set():
                break
        own.close()
        return True


class SlowResharder(Resharder):
    def turn(self, connection):
        time.sleep(self.random.uniform(2, 6))
        return super().turn(connection)


class ClockPusher(Worker):
    """Moves the clock on, so that a day is `day_s` seconds."""

    def __init__(self, port, day_s):
        super().__init__(port, Ledger(), "clock")
        self.day_s, self.moved = day_s, 0

    def turn(self, connection):
        time.sleep(0.5)
        connection.clock_ms(int(DAY_MS / self.day_s * 0.5))
        self.moved += 1
        return True


def generator(program, port, rate, count=0):
    command = [program, "--log-level", "error", "trades", "--stream", STREAM, "--rate", str(rate)]
    command += ["--partition-key", "random", "--endpoint-url", f"http://127.0.0.1:{port}"]
    command += ["--count", str(count)] if count else []
    return subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


class Sampler:
    def __init__(self, server, prober):
        self.server, self.prober, self.rows = server, prober, []
        self.began = time.monotonic()

    def sample(self):
        pid = self.server.process.pid
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        sizes = {p.name: p.stat().st_size for p in self.server.data.glob("millrace.db*")}
        now = time.monotonic()
        since = self.rows[-1]["at"] + self.began if self.rows else self.began
        recent = [ms for at, ms in list(self.prober.latencies) if at >= since]
        self.rows.append(
            {
                "at": now - self.began,
                "rss_mb": int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024,
                "fds": len(os.listdir(f"/proc/{pid}/fd")),
                "file_mb": sizes.get("millrace.db", 0) / 1e6,
                "log_mb": sizes.get("millrace.db-wal", 0) / 1e6,
                "puts": recent,
            }
        )
        return self.rows[-1]


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * q))] if values else float("nan")


def slope_per_hour(rows, name):
    if len(rows) < 3:
        return 0.0
    return statistics.linear_regression([r["at"] for r in rows], [r[name] for r in rows]).slope * 3600


def judge(rows, failures, day_s):
    """What is wrong; figures of the table."""
    half = rows[len(rows) // 2 :]
    settled = [r for r in rows if r["at"] > 1.3 * day_s] or half
    early, late = settled[: max(1, len(settled) // 3)], settled[-max(1, len(settled) // 3) :]
    puts = [[ms for r in part for ms in r["puts"]] for part in (early, late)]
    figures = {
        "rss_mb": (rows[0]["rss_mb"], max(r["rss_mb"] for r in rows), half[-1]["rss_mb"]),
        "rss_slope": slope_per_hour(half, "rss_mb"),
        "fds": (rows[0]["fds"], max(r["fds"] for r in rows), rows[-1]["fds"]),
        "file_mb": [max(r["file_mb"] for r in part) for part in (early, late)],
        "log_mb": max(r["log_mb"] for r in rows),
        "p50": [quantile(p, 0.5) for p in puts],
        "p99": [quantile(p, 0.99) for p in puts],
    }
    wrong = list(failures[:5])
    if not all(puts):
        wrong.append("there were times in which no put was answered")  # or quantiles of nothing would pass
    risen = statistics.mean(r["rss_mb"] for r in half[-3:]) - statistics.mean(r["rss_mb"] for r in half[:3])
    if risen > 10 + 0.1 * half[0]["rss_mb"]:
        wrong.append(f"memory rose by {risen:.1f} MB in the second half")
    if rows[-1]["fds"] > rows[min(2, len(rows) - 1)]["fds"] + 20:
        wrong.append(f"descriptors rose to {rows[-1]['fds']}")
    if figures["file_mb"][1] > figures["file_mb"][0] * 1.3 + 5:
        wrong.append("the data file grows after the first day: {:.1f} -> {:.1f} MB".format(*figures["file_mb"]))
    if figures["log_mb"] > 256:
        wrong.append(f"the write-ahead log reached {figures['log_mb']:.0f} MB")
    if figures["p99"][1] > figures["p99"][0] * 3 + 20:
        wrong.append("p99 of puts rose: {:.1f} -> {:.1f} ms".format(*figures["p99"]))
    return wrong, figures


def measure_most(program, port, seconds):
    """Records a second of one generator as fast as it goes."""
    count = 20_000
    while True:
        began = time.monotonic()
        process = generator(program, port, 1_000_000, count)
        _, said = process.communicate(timeout=600)
        took = time.monotonic() - began
        if process.returncode != 0:
            raise Failure(f"the generator ended with {process.returncode}: {said}")
        if took >= seconds:
            return count / took
        count = int(count * max(2, 1.2 * seconds / took))


def run(options, folder):
    bin_folder = pathlib.Path(options.bin)
    server = Millrace(pathlib.Path(folder) / "data", bin_folder / "millrace-emulator", "full")
    server.start()
    process = None
    try:
        connection = Connection(server.port)
        connection.must("CreateStream", {"StreamName": STREAM, "ShardCount": 4})
        time.sleep(0.2)
        said = connection.must("RegisterStreamConsumer", {"StreamARN": STREAM_ARN, "ConsumerName": "soak"})
        most = measure_most(bin_folder / "millrace-generator", server.port, options.measure_s)
        rate = max(1, int(most * options.load))
        print(f"one generator reaches {most:,.0f} records/s; soaking at {rate:,} for {options.seconds:.0f} s", flush=True)
        prober = Prober(server.port)
        counters = [CountingPoller(server.port, f"poll{i}") for i in range(2)]
        counters += [CountingSubscriber(said["Consumer"]["ConsumerARN"], server.port, "push")]
        clock, resharder = ClockPusher(server.port, options.day_s), SlowResharder(server.port, Ledger(), "reshard")
        crowd = [prober, clock, resharder, *counters]
        process = generator(bin_folder / "millrace-generator", server.port, rate)
        for worker in crowd:
            worker.start()
        sampler = Sampler(server, prober)
        shown = -1e9
        every = max(1.0, options.seconds / 200)
        while time.monotonic() - sampler.began < options.seconds:
            time.sleep(every)
            row = sampler.sample()
            if process.poll() is not None:
                raise Failure(f"the generator ended: {process.stderr.read()}")
            for worker in crowd:
                if worker.problem or not worker.is_alive():
                    raise Failure(f"{type(worker).__name__} ended: {worker.problem!r}")
            if row["at"] - shown >= options.seconds / 12:
                shown = row["at"]
                print(
                    f"{row['at']:7.0f} s  RSS {row['rss_mb']:6.1f} MB  {row['fds']:4} descriptors  file "
                    f"{row['file_mb']:8.1f} MB  log {row['log_mb']:6.1f} MB  put p99 {quantile(row['puts'], 0.99):6.1f} ms",
                    flush=True,
                )
        for worker in crowd:
            worker.over.set()
        process.terminate()
        process.wait(30)
        for worker in crowd:
            worker.join(60)
        failures = [f for worker in (prober, *counters) for f in worker.failures]
        wrong, figures = judge(sampler.rows, failures, options.day_s)
        server.stop()
        integrity(server.data)
        began = server.start()
        server.stop()
        if not sum(c.count for c in counters):
            wrong.append("the readers were given nothing")
        days = clock.moved * 0.5 / options.day_s
        figures.update(
            rate=rate, most=most, days=days, reshards=resharder.done, read=sum(c.count for c in counters), start_s=began
        )
        return wrong, figures
    finally:
        if process and process.poll() is None:
            process.kill()
        if server.process.poll() is None:
            server.kill()


def rows_of(figures, seconds):
    return [
        ["length", f"{seconds / 60:.0f} min, {figures['days']:.1f} days of the emulator's clock"],
        ["load", f"{figures['rate']:,} records/s put (half of {figures['most']:,.0f}), {figures['read']:,} read, "
                 f"{figures['reshards']} splits and merges"],
        ["resident memory: start, most, end", "{:.0f}, {:.0f}, {:.0f} MB".format(*figures["rss_mb"])],
        ["its slope in the second half", f"{figures['rss_slope']:+.1f} MB/h"],
        ["descriptors: start, most, end", "{}, {}, {}".format(*figures["fds"])],
        ["data file at most, early and late", "{:.1f} MB, {:.1f} MB".format(*figures["file_mb"])],
        ["write-ahead log at most", f"{figures['log_mb']:.1f} MB"],
        ["PutRecord p50, early and late", "{:.1f} ms, {:.1f} ms".format(*figures["p50"])],
        ["PutRecord p99, early and late", "{:.1f} ms, {:.1f} ms".format(*figures["p99"])],
        ["start on its files", f"{figures['start_s'] * 1000:.0f} ms"],
    ]  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin", help="folder with the programs")
    parser.add_argument("--hours", type=float)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--load", type=float, default=0.5, help="part of what one generator reaches")
    parser.add_argument("--measure-s", type=float, default=4)
    parser.add_argument("--day-s", type=float, help="seconds that a day of retention takes; default: a tenth")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/reliability.md")
    options = parser.parse_args()
    options.seconds = options.hours * 3600 if options.hours else options.minutes * 60
    options.day_s = options.day_s or max(5, options.seconds / 10)
    folder = tempfile.mkdtemp(prefix="millrace-soak-", dir=os.environ.get("MILLRACE_SOAK_DIR"))
    try:
        wrong, figures = run(options, folder)
        where = report.machine(folder)
    except (Failure, *BROKEN) as failure:
        sys.exit(f"soak: {failure!r}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows = rows_of(figures, options.seconds)
    for name, value in rows:
        print(f"{name:40} {value}")
    if options.docs:
        report.write_section("soak", report.table(["", "soak"], rows) + f"\n{where}\n")
    if wrong:
        sys.exit("soak: " + "; ".join(wrong))
    print("soak: nothing grows")


if __name__ == "__main__":
    main()
