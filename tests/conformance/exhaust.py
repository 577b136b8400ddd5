#!/usr/bin/env python3
"""What an honest client gets while others are slow, flood or hoard, and what it costs the emulator.

  ./dev exhaust [NAME...] [--seconds 6] [--connections 1000]

For each kind of abuse: the emulator is started anew, the abuse is brought up by a process of its own and
held, and an honest client puts records on a connection of its own all the while. Printed: its p50, p99 and
slowest put, how many attackers the emulator has let go of, its memory and CPU time, and whether a new
client is served when the abuse is over (recovery: seconds until then). Exit 1 only when an honest call
failed, the emulator ended or did not recover, or memory went beyond --most-mb; times are printed, not
judged. Loopback only.
"""
import argparse
import base64
import http.client
import json
import multiprocessing
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
AUTH = (
    "X-Amz-Date: 20261122T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/"
    "kinesis/aws4_request, SignedHeaders=host, Signature=0\r\n"
)
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SHARD = "shardId-000000000000"


# ---------------------------------------------------------------- the wire


def head(target, size):
    return (
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-amz-json-1.1\r\n"
        f"X-Amz-Target: Kinesis_20131202.{target}\r\n{AUTH}Content-Length: {size}\r\n\r\n"
    ).encode()


def request(target, body):
    data = json.dumps(body).encode()
    return head(target, len(data)) + data


def call(port, target, body, connection=None):
    """One call that must succeed; its answer."""
    own = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"Kinesis_20131202.{target}"}
        headers |= dict(line.split(": ", 1) for line in AUTH.strip().split("\r\n"))
        own.request("POST", "/", json.dumps(body), headers)
        answer = own.getresponse()
        data = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{target}: {answer.status} {data[:200]!r}")
        return json.loads(data) if data else {}
    finally:
        if connection is None:
            own.close()


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def literal(name, value):
    """HPACK: a literal field without indexing, no Huffman."""

    def text(data):
        if len(data) < 127:
            return bytes([len(data)]) + data
        size, coded = len(data) - 127, b"\x7f"
        while size >= 128:
            coded += bytes([size % 128 + 128])
            size //= 128
        return coded + bytes([size]) + data

    return b"\x00" + text(name.encode()) + text(value.encode())


def h2_request(stream, target, body):
    fields = [line.split(": ", 1) for line in AUTH.strip().split("\r\n")]
    block = b"".join(literal(n.lower(), v) for n, v in [
        (":method", "POST"), (":path", "/"), (":scheme", "http"), (":authority", "x"),
        ("content-type", "application/x-amz-json-1.1"), ("x-amz-target", f"Kinesis_20131202.{target}"), *fields])
    return frame(1, 4, stream, block) + frame(0, 1, stream, json.dumps(body).encode())


def connect(port, receive=None):
    sock = socket.socket()
    if receive:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    sock.settimeout(30)
    sock.connect(("127.0.0.1", port))
    return sock


# ---------------------------------------------------------------- abuses
# Each takes (port, count, facts), brings itself up, and gives a step that is called once a second until
# the end; the step says how many attackers are still connected.


def crowd(socks, each=None):
    """Attackers that stay; `each` is sent on every one of them once a second."""
    alive = {sock.fileno(): sock for sock in socks}

    def step():
        for fd, sock in list(alive.items()):
            sock.setblocking(False)
            try:
                if each:
                    sock.send(each)
                elif sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b"":
                    raise ConnectionError
            except BlockingIOError:
                pass
            except OSError:
                del alive[fd]
                sock.close()
        return len(alive)

    return step


def idle(port, count, _):
    return crowd([connect(port) for _ in range(count)])


def slow_heads(port, count, _):
    socks = [connect(port) for _ in range(count)]
    for sock in socks:
        sock.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nX-A: ")
    return crowd(socks, b"a")


def slow_bodies(port, count, _):
    socks = [connect(port) for _ in range(count)]
    for sock in socks:
        sock.sendall(head("PutRecord", 1_000_000) + b'{"Data":"')
    return crowd(socks, b"A")


def slow_readers(port, count, facts):
    """Each asks for a page of 10 MiB and reads a byte now and then."""
    socks = [connect(port, 4096) for _ in range(count)]
    ask = request("GetRecords", {"ShardIterator": facts["iterator"]})
    for sock in socks:
        sock.sendall(ask)
    alive = dict(enumerate(socks))

    def step():
        for at, sock in list(alive.items()):
            sock.setblocking(False)
            try:
                if sock.recv(1) == b"":
                    raise ConnectionError
            except BlockingIOError:
                pass
            except OSError:
                del alive[at]
        return len(alive)

    return step


def zero_windows(port, count, facts):
    """HTTP/2 with windows of nothing: many pages are asked for, none is taken."""
    socks = []
    for _ in range(max(1, count // 20)):
        sock = connect(port)
        sock.sendall(PREFACE + frame(4, 0, 0, b"\x00\x04\x00\x00\x00\x00"))
        sock.sendall(b"".join(h2_request(n, "GetRecords", {"ShardIterator": facts["iterator"]}) for n in range(1, 41, 2)))
        socks.append(sock)
    return crowd(socks, frame(6, 0, 0, b"12345678"))


def subscribers(port, count, facts):
    """Fan-out subscribers, one a consumer, that never read."""
    socks = []
    for arn in facts["consumers"][:count]:
        sock = connect(port, 4096)
        sock.sendall(request("SubscribeToShard", {
            "ConsumerARN": arn, "ShardId": SHARD, "StartingPosition": {"Type": "LATEST"}}))
        socks.append(sock)
    return crowd(socks)


def flood(block):
    """A few connections that send block as fast as it is taken, and come again when they are ended."""

    def bring_up(port, _count, _facts):
        ended = [0]

        def attack():
            while True:
                try:
                    sock = connect(port)
                    sock.sendall(PREFACE + frame(4, 0, 0))
                    for data in block():
                        sock.sendall(data)
                        sock.setblocking(False)
                        try:
                            while sock.recv(65536):
                                pass
                            break
                        except BlockingIOError:
                            sock.settimeout(30)
                except OSError:
                    pass
                ended[0] += 1
                sock.close()

        for _ in range(2):
            threading.Thread(target=attack, daemon=True).start()
        return lambda: -ended[0]

    return bring_up


def resets():
    block = b"\x83\x84\x86\x01\x01x"  # POST / http x
    for first in range(1, 2_000_000, 400):
        yield b"".join(frame(1, 5, n, block) + frame(3, 0, n, b"\0\0\0\x08") for n in range(first, first + 400, 2))


def forever(data):
    def blocks():
        while True:
            yield data

    return blocks


def continuations():
    yield frame(1, 0, 1, b"\x82")
    while True:
        yield frame(9, 0, 1, b"\x00\x01a\x01b" * 10) * 20


ABUSES = {
    "nothing": lambda *_: lambda: 0,
    "slow heads": slow_heads,
    "slow bodies": slow_bodies,
    "slow readers of 10 MiB pages": slow_readers,
    "HTTP/2 windows of zero": zero_windows,
    "rapid resets": flood(resets),
    "CONTINUATION flood": flood(continuations),
    "SETTINGS flood": flood(forever(frame(4, 0, 0) * 500)),
    "PING flood": flood(forever(frame(6, 0, 0, b"12345678") * 500)),
    "subscribers that do not read": subscribers,
    "10,000 idle connections": idle,
    "out of descriptors": idle,
}


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


def honest(port, seconds, pipe):
    """Puts for some seconds, one after the other; milliseconds each took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = {"StreamName": "honest", "PartitionKey": "k", "Data": base64.b64encode(b"x" * 79).decode()}
    call(port, "PutRecord", body, connection)
    pipe.send("up")
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


# ---------------------------------------------------------------- the emulator


class Emulator:
    def __init__(self, binary, descriptors=None):
        limit = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))) if descriptors else None
        self.folder = tempfile.TemporaryDirectory(prefix="millrace-exhaust-")
        self.process = subprocess.Popen(
            [binary, "--data", self.folder.name, "--listen", "127.0.0.1:0", "--limits", "off",
             "--transition-ms", "0", "--log-level", "error"],
            stdout=subprocess.PIPE, text=True, preexec_fn=limit)  # fmt: skip
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
    if name in ("slow readers of 10 MiB pages", "HTTP/2 windows of zero"):
        call(port, "CreateStream", {"StreamName": "large", "ShardCount": 1})
        block = base64.b64encode(os.urandom(1_000_000)).decode()
        for _ in range(10):
            call(port, "PutRecord", {"StreamName": "large", "PartitionKey": "k", "Data": block})
        where = {"StreamName": "large", "ShardId": SHARD, "ShardIteratorType": "TRIM_HORIZON"}
        facts["iterator"] = call(port, "GetShardIterator", where)["ShardIterator"]
    if name == "subscribers that do not read":
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


def run(name, options):
    """One line of the table; False when something is wrong."""
    spare = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 100  # of a machine that allows few descriptors
    count = {"10,000 idle connections": 10_000, "out of descriptors": 400}.get(name, options.connections)
    count = min(count, spare)
    emulator = Emulator(options.bin, 256 if name == "out of descriptors" else None)
    good = False
    workers = []
    end = threading.Event()
    try:
        facts = prepare(emulator, name, count)
        before = emulator.status("VmRSS")
        ours, theirs = multiprocessing.Pipe()
        client = multiprocessing.Process(target=honest, args=(emulator.port, options.seconds, theirs), daemon=True)
        client.start()
        workers.append(client)
        ours.recv()
        attack_ours, attack_theirs = multiprocessing.Pipe()
        attacker = multiprocessing.Process(
            target=attack, args=(name, emulator.port, count, facts, attack_theirs), daemon=True)
        attacker.start()
        workers.append(attacker)
        up = attack_ours.recv()
        if isinstance(up, str):
            raise RuntimeError(up)
        if "streams" in facts:
            threading.Thread(target=feed, args=(emulator.port, facts["streams"], end), daemon=True).start()
        cpu = emulator.cpu_s()
        ours.send("go")
        took = ours.recv()
        cpu = emulator.cpu_s() - cpu
        peak, descriptors = emulator.status("VmHWM"), emulator.descriptors()
        attack_ours.send("end")
        left = attack_ours.recv()
        attacker.join(30)
        end.set()
        if isinstance(took, str):
            raise RuntimeError(f"the honest client: {took}")
        began = time.monotonic()
        while True:
            try:
                call(emulator.port, "ListStreams", {})
                break
            except OSError:
                if time.monotonic() - began > 20:
                    raise RuntimeError("does not recover") from None
                time.sleep(0.05)
        recovery = time.monotonic() - began
        ended = f"{-left} ended" if left < 0 else f"{up - left} let go"
        print(f"| {name} | {max(up, 0) or '-'} | {percentile(took, 0.5):.1f} | {percentile(took, 0.99):.1f} | "
              f"{max(took):.1f} | {len(took)} | {ended} | {before} -> {peak} | {descriptors} | {cpu:.1f} | "
              f"{recovery:.2f} |", flush=True)  # fmt: skip
        good = peak - before <= options.most_mb
        if not good:
            print(f"{name}: {peak - before} MB is more than {options.most_mb}")
    except (RuntimeError, OSError, EOFError) as error:
        print(f"{name}: {error}")
    finally:
        end.set()
        for worker in workers:
            worker.kill()
        emulator.process.terminate()
        try:
            if emulator.process.wait(20) != 0:
                print(f"{name}: the emulator ended with {emulator.process.returncode}")
                good = False
        except subprocess.TimeoutExpired:
            emulator.process.kill()
            print(f"{name}: the emulator did not stop")
            good = False
        emulator.folder.cleanup()
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("names", nargs="*", help="kinds of abuse (a part of the name is enough); all unless named")
    parser.add_argument("--bin", default=str(ROOT / "build/release/bin"), help="folder of the programs")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--most-mb", type=int, default=700, help="memory beyond what it was before that is a failure")
    options = parser.parse_args()
    options.bin = pathlib.Path(options.bin) / "millrace-emulator"
    chosen = [name for name in ABUSES if not options.names or any(part in name for part in options.names)]
    if not chosen:
        sys.exit(f"none of {', '.join(ABUSES)}")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print("| while there are | of them | put p50 ms | p99 ms | slowest ms | puts | attackers | memory MB | descriptors | CPU s | recovery s |")
    print("|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    bad = [name for name in chosen if not run(name, options)]
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
