#!/usr/bin/env python3
"""What an honest client gets while others are slow, flood or hoard, and what it costs the emulator.

  ./dev exhaust [NAME...] [--seconds 6] [--connections 1000] [--docs]

For each kind of abuse: the emulator is started anew, an honest client puts records on a connection of its
own, first alone (that is the floor: what this machine gives just then), and goes on while the abuse is
brought up by a process of its own and held. Printed: the floor's p99, the p50, p99 and slowest put under
the abuse, how many attackers the emulator has let go of, its memory and CPU time, and whether a new client
is served when the abuse is over (recovery: seconds until then).

Exit 1 when an honest call failed, the emulator ended or did not recover, memory went beyond --most-mb, or
the p99 of the honest client is beyond 50 ms although the floor's is below 5: a machine whose floor is above
is busy with something else, and its times are printed, not judged. A kind beyond 50 ms is tried three times.
Everything at once in little memory is judged by whether the emulator lives, not by times. Loopback only.
"""
import argparse
import base64
import http.client
import multiprocessing
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.conformance.abuses import ABUSES, CAPPED, SHARD, SUBSCRIBERS, call  # noqa: E402

PROMISED_MS = 50  # p99 of an honest client's puts
QUIET_MS = 5  # below it the machine has time for nothing else


def attack(name, port, count, facts, pipe):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        step = ABUSES[name](port, count, facts)
    except OSError as error:
        pipe.send(f"failed: {error}")
        return
    pipe.send(step())
    while not pipe.poll(1):
        left = step()
    pipe.send(left if "left" in locals() else step())
    time.sleep(60)  # what it holds goes when it is killed: some of it at once, not one by one


def honest(port, seconds, pipe):
    """Puts for some seconds, one after the other, whenever it is told to; milliseconds each took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = {"StreamName": "honest", "PartitionKey": "k", "Data": base64.b64encode(b"x" * 79).decode()}
    call(port, "PutRecord", body, connection)
    pipe.send("up")
    while True:
        pipe.recv()
        took = []
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                before = time.perf_counter()
                call(port, "PutRecord", body, connection)
                took.append((time.perf_counter() - before) * 1000)
                time.sleep(0.002)
            pipe.send(took)
        except Exception as error:  # whatever it is, it is the result
            pipe.send(f"{type(error).__name__}: {error}")
            return


# ---------------------------------------------------------------- the emulator


class Cap:
    """A control group with a limit on memory; OSError where none can be made."""

    def __init__(self, size):
        version_1 = pathlib.Path("/sys/fs/cgroup/memory/cgroup.procs").exists()
        root = pathlib.Path("/sys/fs/cgroup/memory" if version_1 else "/sys/fs/cgroup")
        self.folder = root / f"millrace-exhaust-{os.getpid()}"
        if not version_1 and "memory" not in (root / "cgroup.subtree_control").read_text().split():
            (root / "cgroup.subtree_control").write_text("+memory")
        self.folder.mkdir()
        try:
            (self.folder / ("memory.limit_in_bytes" if version_1 else "memory.max")).write_text(str(size))
        except OSError:
            self.folder.rmdir()
            raise
        self.events = self.folder / ("memory.oom_control" if version_1 else "memory.events")

    def join(self):
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def kills(self):
        return int(re.search(r"oom_kill (\d+)", self.events.read_text())[1])

    def end(self):
        for _ in range(50):
            try:
                self.folder.rmdir()
                return
            except OSError:
                time.sleep(0.1)  # its last process is not quite gone


class Emulator:
    def __init__(self, binary, descriptors=None, cap=None):
        def prepare():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
            if cap:
                cap.join()

        self.folder = tempfile.TemporaryDirectory(prefix="millrace-exhaust-")
        self.process = subprocess.Popen(
            [binary, "--data", self.folder.name, "--listen", "127.0.0.1:0", "--limits", "off",
             "--transition-ms", "0", "--log-level", "error"],
            stdout=subprocess.PIPE, text=True, preexec_fn=prepare)  # fmt: skip
        for line in self.process.stdout:
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            self.port = int(found[1]) if found else self.port
            if line.startswith("Ready."):
                break
        threading.Thread(target=lambda: [None for _ in self.process.stdout], daemon=True).start()

    def status(self, name):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+)", text)[1]) // 1024

    def cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def prepare(emulator, name, count):
    """What the abuse needs to be there."""
    port = emulator.port
    facts = {}
    call(port, "CreateStream", {"StreamName": "honest", "ShardCount": 1})
    if name in ("slow readers of 10 MiB pages", "HTTP/2 windows of zero", CAPPED):
        call(port, "CreateStream", {"StreamName": "large", "ShardCount": 1})
        block = base64.b64encode(os.urandom(1_000_000)).decode()
        for _ in range(10):
            call(port, "PutRecord", {"StreamName": "large", "PartitionKey": "k", "Data": block})
        where = {"StreamName": "large", "ShardId": SHARD, "ShardIteratorType": "TRIM_HORIZON"}
        facts["iterator"] = call(port, "GetShardIterator", where)["ShardIterator"]
    if name in (SUBSCRIBERS, CAPPED):
        # AWS allows 20 consumers a stream (50 with On-demand Advantage).
        facts["consumers"] = []
        for stream in range(-(-count // 20)):
            call(port, "CreateStream", {"StreamName": f"fan{stream}", "ShardCount": 1})
            arn = f"arn:aws:kinesis:us-east-1:000000000000:stream/fan{stream}"
            for consumer in range(20):
                made = call(port, "RegisterStreamConsumer", {"StreamARN": arn, "ConsumerName": f"c{consumer}"})
                facts["consumers"].append(made["Consumer"]["ConsumerARN"])
        facts["streams"] = -(-count // 20)
    return facts


def feed(port, streams, end):
    """Puts 200 kB into every stream now and then: what the subscribers do not read."""
    block = base64.b64encode(os.urandom(200_000)).decode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(20):
        for stream in range(streams):
            time.sleep(0.02)
            if end.is_set():
                return
            try:
                call(port, "PutRecord", {"StreamName": f"fan{stream}", "PartitionKey": "k", "Data": block}, connection)
            except OSError:
                return  # the run is over


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def recovery(port):
    """Seconds until a new client is served."""
    began = time.monotonic()
    while True:
        try:
            call(port, "ListStreams", {})
            return time.monotonic() - began
        except OSError:
            if time.monotonic() - began > 20:
                raise RuntimeError("does not recover") from None
            time.sleep(0.05)


class Run:
    """One kind of abuse against one emulator: a line of the table."""

    def __init__(self, name, options):
        self.name, self.options = name, options
        spare = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 100  # of a machine that allows few descriptors
        count = {"10,000 idle connections": 10_000, "out of descriptors": 400}.get(name, options.connections)
        self.count = min(count, spare)
        self.workers = []
        self.floor = self.p99 = 0.0
        self.row, self.wrong, self.skipped = "", [], ""

    def worker(self, target, *arguments):
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.Process(target=target, args=(*arguments, theirs), daemon=True)
        process.start()
        self.workers.append(process)
        return process, ours

    def measure(self, emulator):
        options, end = self.options, threading.Event()
        try:
            facts = prepare(emulator, self.name, self.count)
            before = emulator.status("VmRSS")
            _, client = self.worker(honest, emulator.port, options.seconds)
            client.recv()
            client.send("alone")
            floor = client.recv()
            attacker, attacks = self.worker(attack, self.name, emulator.port, self.count, facts)
            up = attacks.recv()
            if isinstance(up, str):
                raise RuntimeError(up)
            if "streams" in facts:
                threading.Thread(target=feed, args=(emulator.port, facts["streams"], end), daemon=True).start()
            cpu = emulator.cpu_s()
            client.send("under attack")
            took = client.recv()
            cpu = emulator.cpu_s() - cpu
            for one in (floor, took):
                if isinstance(one, str):
                    raise RuntimeError(f"the honest client: {one}")
            peak, descriptors = emulator.status("VmHWM"), emulator.descriptors()
            attacks.send("end")
            left = attacks.recv()
            attacker.kill()
            attacker.join(30)
            end.set()
            after = recovery(emulator.port)
        finally:
            end.set()
        self.floor, self.p99 = percentile(floor, 0.99), percentile(took, 0.99)
        gone = [f"{up[0] - left[0]} let go"] if up[0] else []
        gone += [f"{left[1]} ended"] if left[1] else []
        self.row = (f"| {self.name} | {up[0] or '-'} | {self.floor:.1f} | {percentile(took, 0.5):.1f} | {self.p99:.1f} | "
                    f"{max(took):.1f} | {len(took)} | {', '.join(gone) or '-'} | {before} -> {peak} | {descriptors} | "
                    f"{cpu:.1f} | {after:.2f} |")  # fmt: skip
        if peak - before > options.most_mb:
            self.wrong.append(f"{peak - before} MB is more than {options.most_mb}")

    def too_slow(self):
        return self.name != CAPPED and self.floor < QUIET_MS and self.p99 > PROMISED_MS

    def go(self):
        cap = None
        if self.name == CAPPED:
            try:
                cap = Cap(256 << 20)
            except OSError as error:
                self.skipped = f"no control group can be made here ({error.strerror})"
                return
        emulator = Emulator(self.options.bin, 256 if self.name == "out of descriptors" else None, cap)
        try:
            self.measure(emulator)
        except (RuntimeError, OSError, EOFError) as error:
            self.wrong.append(str(error))
        finally:
            for worker in self.workers:
                worker.kill()
            if cap and cap.kills():
                self.wrong.append("the kernel ended it: it needed more memory than it may")
            emulator.process.terminate()
            try:
                if emulator.process.wait(20) != 0:
                    self.wrong.append(f"the emulator ended with {emulator.process.returncode}")
            except subprocess.TimeoutExpired:
                emulator.process.kill()
                self.wrong.append("the emulator did not stop")
            emulator.folder.cleanup()
            if cap:
                cap.end()


def verdict(name, options):
    """Runs it, again when it was too slow; prints a line of the table and what is wrong with it."""
    for _ in range(3):
        run = Run(name, options)
        run.go()
        if run.wrong or not run.too_slow():
            break
    else:
        run.wrong.append(f"three times the p99 of an honest put was beyond {PROMISED_MS} ms")
    if run.row:
        print(run.row, flush=True)
    if run.skipped:
        print(f"{name}: skipped, {run.skipped}", flush=True)
    for problem in run.wrong:
        print(f"{name}: {problem}", flush=True)
    return run


HEAD = (
    "| while there are | of them | p99 ms before | put p50 ms | p99 ms | slowest ms | puts | attackers | memory MB | "
    "descriptors | CPU s | recovery s |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def write_docs(rows, options):
    """Between the two comments of docs/conformance.md."""
    path = ROOT / "docs/conformance.md"
    text = path.read_text()
    begin, end = "<!-- ./dev exhaust --docs -->", "<!-- end -->"
    head, rest = text.split(begin)
    tail = rest.split(end, 1)[1]
    said = (f"Taken on {time.strftime('%-d %B %Y')}, {os.cpu_count()} cores, durability full, {options.seconds:g} s each "
            "(`p99 ms before` is the honest client alone, just before):")  # fmt: skip
    path.write_text("\n".join([head + begin, said, "", HEAD, *rows, end]) + tail)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("names", nargs="*", help="kinds of abuse (a part of the name is enough); all unless named")
    parser.add_argument("--bin", default=str(ROOT / "build/release/bin"), help="folder of the programs")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--most-mb", type=int, default=700, help="memory beyond what it was before that is a failure")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/conformance.md")
    options = parser.parse_args()
    options.bin = pathlib.Path(options.bin) / "millrace-emulator"
    chosen = [name for name in ABUSES if not options.names or any(part in name for part in options.names)]
    if not chosen:
        sys.exit(f"none of {', '.join(ABUSES)}")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(HEAD, flush=True)
    runs = [verdict(name, options) for name in chosen]
    if options.docs:
        write_docs([run.row for run in runs if run.row], options)
    noisy = sum(run.floor >= QUIET_MS for run in runs)
    if noisy:
        print(f"times of {noisy} of {len(runs)} are not judged: this machine was busy with something else")
    sys.exit(1 if any(run.wrong for run in runs) else 0)


if __name__ == "__main__":
    main()
