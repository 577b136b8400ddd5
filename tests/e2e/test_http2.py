"""HTTP/2 on the same port, by prior knowledge: requests, event streams, flow control, floods, GOAWAY."""
import json
import shutil
import socket
import subprocess
import threading
import time
import unittest
import urllib.parse

import botocore.eventstream
import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.settings
import httpx

from tests.e2e.support import ApiTest, Emulator, PATIENCE_S, b64, is_sanitized, wait_until

SHARD = "shardId-000000000000"
HEADERS = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-date": "20261122T000000Z",
    "authorization": "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/kinesis/aws4_request, "
    "SignedHeaders=host, Signature=0",
}


class Client:
    """One connection by prior knowledge. receive() gives events; acknowledge=False keeps windows shut."""

    def __init__(self, url, acknowledge=True, settings=None, sock=None):
        where = urllib.parse.urlsplit(url)
        self.sock = sock or socket.create_connection((where.hostname, where.port), timeout=PATIENCE_S)
        self.acknowledge = acknowledge
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
        if settings:
            self.h2.local_settings = h2.settings.Settings(client=True, initial_values=settings)
        self.h2.initiate_connection()
        self.flush()
        self.answers = {}  # stream: [status, headers, body, ended]
        self.goaway = None
        self.reset = {}
        self.pings = 0

    def flush(self):
        self.sock.sendall(self.h2.data_to_send())

    def ask(self, target, body, headers=None, end=True):
        stream = self.h2.get_next_available_stream_id()
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = {":method": "POST", ":path": "/", ":scheme": "http", ":authority": "localhost"}
        head |= HEADERS | {"x-amz-target": f"Kinesis_20131202.{target}"} | (headers or {})
        self.h2.send_headers(stream, list(head.items()))
        self.answers[stream] = [None, {}, b"", False]
        at = 0
        while at < len(data):
            window = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
            if window == 0:
                self.flush()
                self.receive()
                continue
            self.h2.send_data(stream, data[at : at + window])
            at += window
        if end:
            self.h2.end_stream(stream)
        self.flush()
        return stream

    def receive(self):
        """Handles what comes next; False at the end of the connection."""
        data = self.sock.recv(65536)
        if not data:
            return False
        for event in self.h2.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                head = {k.decode(): v.decode() for k, v in event.headers}
                self.answers[event.stream_id][:2] = [int(head[":status"]), head]
            elif isinstance(event, h2.events.DataReceived):
                self.answers[event.stream_id][2] += event.data
                if self.acknowledge:
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                self.answers[event.stream_id][3] = True
            elif isinstance(event, h2.events.StreamReset):
                self.reset[event.stream_id] = event.error_code
            elif isinstance(event, h2.events.ConnectionTerminated):
                self.goaway = event
            elif isinstance(event, h2.events.PingAckReceived):
                self.pings += 1
        self.flush()
        return True

    def answer(self, stream):
        while not self.answers[stream][3] and stream not in self.reset:
            if not self.receive():
                raise AssertionError(f"the connection ended: {self.goaway}")
        return self.answers[stream]

    def call(self, target, body, headers=None):
        status, _, data, _ = self.answer(self.ask(target, body, headers))
        return status, json.loads(data or b"{}")

    def close(self):
        self.sock.close()


class Http2(ApiTest):
    def client(self, **options):
        made = Client(self.emulator.url, **options)
        self.addCleanup(made.close)
        return made

    def honest(self):
        """The server lives: another connection gets its answer."""
        client = Client(self.emulator.url)
        status, _ = client.call("ListStreams", {})
        client.close()
        self.assertEqual(status, 200)

    def test_a_request_and_its_reply(self):
        client = self.client()
        name = self.stream()
        status, answer = client.call("PutRecord", {"StreamName": name, "PartitionKey": "k", "Data": b64("x")})
        self.assertEqual((status, answer["ShardId"]), (200, SHARD))
        stream = client.ask("DescribeStream", {"StreamName": "nosuch"})
        status, headers, data, _ = client.answer(stream)
        self.assertEqual(status, 400)
        self.assertEqual(json.loads(data)["__type"], "ResourceNotFoundException")
        self.assertEqual(headers["content-type"], "application/x-amz-json-1.1")
        self.assertEqual(headers["x-amzn-errortype"], "ResourceNotFoundException")
        self.assertEqual(int(headers["content-length"]), len(data))
        for name in ("x-amzn-requestid", "x-amz-id-2", "date"):
            self.assertIn(name, headers)

    def test_many_streams_at_once_and_large_bodies_both_ways(self):
        client = self.client()
        name = self.stream()
        record = {"StreamName": name, "PartitionKey": "k", "Data": b64(b"x" * 700_000)}
        asked = [client.ask("PutRecord", record) for _ in range(12)]
        asked += [client.ask("ListStreams", {}) for _ in range(60)]
        for stream in asked:
            self.assertEqual(client.answer(stream)[0], 200)
        place = self.kinesis.get_shard_iterator(StreamName=name, ShardId=SHARD, ShardIteratorType="TRIM_HORIZON")
        status, answer = client.call("GetRecords", {"ShardIterator": place["ShardIterator"]})
        self.assertEqual((status, len(answer["Records"])), (200, 12))

    def test_a_fresh_connection_for_each_request(self):
        for _ in range(50):
            self.honest()

    def test_pings_are_answered(self):
        client = self.client()
        for number in range(5):
            client.h2.ping(number.to_bytes(8, "big"))
        client.flush()
        while client.pings < 5:
            self.assertTrue(client.receive())

    def test_bodies_and_headers_beyond_the_limits_are_refused(self):
        client = self.client()
        stream = client.ask("PutRecord", b"", end=False)
        block = b"x" * 16384
        # Until the refusal comes; nothing beyond the windows is sent.
        while client.answers[stream][0] is None:
            if client.h2.local_flow_control_window(stream) >= len(block):
                client.h2.send_data(stream, block)
                client.flush()
            else:
                client.receive()
        self.assertEqual(client.answers[stream][0], 413)
        client = self.client()
        self.assertEqual(client.answer(client.ask("ListStreams", {}, {"x-large": "y" * 40_000}))[0], 431)
        self.honest()

    def test_a_reply_waits_for_the_clients_window(self):
        name = self.stream()
        for _ in range(3):
            self.kinesis.put_record(StreamName=name, PartitionKey="k", Data=b"x" * 300_000)
        place = self.kinesis.get_shard_iterator(StreamName=name, ShardId=SHARD, ShardIteratorType="TRIM_HORIZON")
        client = self.client(acknowledge=False)
        stream = client.ask("GetRecords", {"ShardIterator": place["ShardIterator"]})
        while len(client.answers[stream][2]) < 65535:
            client.receive()
        self.assertEqual(len(client.answers[stream][2]), 65535)  # the window and not a byte more
        other = client.ask("ListStreams", {})
        while client.answers[other][0] is None:  # headers need no window
            client.receive()
        client.acknowledge = True
        client.h2.increment_flow_control_window(10_000_000)
        client.h2.increment_flow_control_window(10_000_000, stream)
        client.flush()
        self.assertEqual(len(json.loads(client.answer(stream)[2])["Records"]), 3)
        client.answer(other)

    def test_own_pages_and_other_clients(self):
        with httpx.Client(http1=False, http2=True) as client:
            answer = client.get(self.emulator.url + "/_millrace/health")
            self.assertEqual((answer.http_version, answer.status_code), ("HTTP/2", 200))
            self.assertEqual(client.head(self.emulator.url + "/healthcheck").status_code, 200)
            self.assertEqual(client.get(self.emulator.url + "/").status_code, 403)
        if shutil.which("curl"):
            said = subprocess.run(
                ["curl", "-s", "--http2-prior-knowledge", "-w", "%{http_version}", "-o", "/dev/null",
                 self.emulator.url + "/healthcheck"], capture_output=True, text=True, timeout=PATIENCE_S, check=True)  # fmt: skip
            self.assertEqual(said.stdout, "2")

    # ---- event streams

    def consumer(self, name):
        arn = self.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
        made = self.kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="reader")["Consumer"]["ConsumerARN"]
        wait_until(
            lambda: self.kinesis.describe_stream_consumer(ConsumerARN=made)["ConsumerDescription"]["ConsumerStatus"]
            == "ACTIVE",
            "the consumer to become ACTIVE",
        )
        return made

    @staticmethod
    def events(data):
        frames = botocore.eventstream.EventStreamBuffer()
        frames.add_data(data)
        return [frame.to_response_dict() for frame in frames]

    def test_a_subscription_beside_other_requests(self):
        name = self.stream()
        client = self.client()
        stream = client.ask(
            "SubscribeToShard",
            {"ConsumerARN": self.consumer(name), "ShardId": SHARD, "StartingPosition": {"Type": "TRIM_HORIZON"}},
        )
        while len(client.answers[stream][2]) < 104:
            client.receive()
        self.assertEqual(client.answers[stream][0], 200)
        self.assertEqual(client.answers[stream][1]["content-type"], "application/vnd.amazon.eventstream")
        self.assertNotIn("content-length", client.answers[stream][1])
        took = []
        for number in range(50):
            before = time.monotonic()
            record = {"StreamName": name, "PartitionKey": "k", "Data": b64(f"{number:03}")}
            self.assertEqual(client.call("PutRecord", record)[0], 200)
            while b64(f"{number:03}").encode() not in client.answers[stream][2]:
                client.receive()
            took.append(time.monotonic() - before)
        print(f"put to event over HTTP/2: median {sorted(took)[25] * 1000:.2f} ms")
        self.kinesis.delete_stream(StreamName=name, EnforceConsumerDeletion=True)
        client.answer(stream)
        events = self.events(client.answers[stream][2])
        self.assertEqual(events[0]["headers"][":event-type"], "initial-response")
        records = [r for event in events[1:-1] for r in json.loads(event["body"])["Records"]]
        self.assertEqual([r["Data"] for r in records], [b64(f"{number:03}") for number in range(50)])
        self.assertEqual(events[-1]["headers"][":exception-type"], "ResourceNotFoundException")

    def test_a_reset_ends_a_subscription_at_once(self):
        name = self.stream()
        client = self.client()
        request = {"ConsumerARN": self.consumer(name), "ShardId": SHARD, "StartingPosition": {"Type": "LATEST"}}
        stream = client.ask("SubscribeToShard", request)
        while len(client.answers[stream][2]) < 104:
            client.receive()
        client.h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
        client.flush()
        self.assertEqual(client.call("ListStreams", {})[0], 200)

    @unittest.skipIf(is_sanitized(), "a sanitizer keeps freed memory")
    def test_a_subscription_whose_client_takes_nothing_is_bounded(self):
        name = self.stream()
        client = self.client(acknowledge=False)
        stream = client.ask(
            "SubscribeToShard",
            {"ConsumerARN": self.consumer(name), "ShardId": SHARD, "StartingPosition": {"Type": "LATEST"}},
        )
        while client.answers[stream][0] is None:
            client.receive()
        before = self.memory()
        for _ in range(40):
            self.kinesis.put_record(StreamName=name, PartitionKey="k", Data=b"x" * 1_000_000)
        self.assertLess(self.memory() - before, 85_000_000)  # the records themselves are in memory

    def memory(self):
        with open(f"/proc/{self.emulator.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096

    # ---- floods

    def raw(self):
        where = urllib.parse.urlsplit(self.emulator.url)
        sock = socket.create_connection((where.hostname, where.port), timeout=PATIENCE_S)
        self.addCleanup(sock.close)
        sock.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0))
        return sock

    def ends_in_goaway(self, sock, block, most, code=None):
        """Sends block again and again until the server has had enough; reads what it says meanwhile."""
        said = bytearray()

        def read():
            try:
                while more := sock.recv(65536):
                    said.extend(more)
            except OSError:
                pass

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        sent = 0
        try:
            while sent < most and reader.is_alive():
                sock.sendall(block)
                sent += len(block)
        except OSError:
            pass
        reader.join(PATIENCE_S)
        self.assertFalse(reader.is_alive(), "the server goes on with it")
        goaways = [payload for kind, payload in frames(bytes(said)) if kind == 7]
        self.assertTrue(goaways or sent < most)
        if code is not None and goaways:  # it may be lost when the connection is reset
            self.assertEqual(int.from_bytes(goaways[-1][4:8], "big"), code)
        self.honest()

    def test_a_flood_of_settings(self):
        self.ends_in_goaway(self.raw(), frame(4, 0, 0) * 1000, 30_000_000, 11)

    def test_a_flood_of_pings(self):
        self.ends_in_goaway(self.raw(), frame(6, 0, 0, b"12345678") * 1000, 30_000_000, 11)

    def test_a_flood_of_continuations(self):
        sock = self.raw()
        sock.sendall(frame(1, 0, 1, b"\x82"))
        self.ends_in_goaway(sock, frame(9, 0, 1, b"\x00\x01a\x01b") * 100, 30_000_000)

    def test_a_flood_of_resets(self):
        # HEADERS of a whole request (POST / by http, from the static table) and RST_STREAM, 20,000 times.
        pairs = (frame(1, 4, n, b"\x83\x84\x86") + frame(3, 0, n, b"\0\0\0\x08") for n in range(1, 40_000, 2))
        block = b"".join(pairs)
        self.ends_in_goaway(self.raw(), block, len(block))

    def test_a_flood_of_empty_data(self):
        client = self.client()
        stream = client.ask("PutRecord", b"", end=False)
        self.ends_in_goaway(client.sock, frame(0, 0, stream) * 1000, 30_000_000)

    def test_what_only_begins_like_http_2(self):
        for junk in (b"PRI * HTTP/2.0\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", b"PRI", b"PRI / HTTP/1.1\r\n\r\n",
                     b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 100):  # fmt: skip
            with self.subTest(junk):
                where = urllib.parse.urlsplit(self.emulator.url)
                with socket.create_connection((where.hostname, where.port), timeout=PATIENCE_S) as sock:
                    try:
                        sock.sendall(junk)
                        sock.shutdown(socket.SHUT_WR)
                        while sock.recv(65536):
                            pass
                    except ConnectionError:
                        pass
                self.honest()


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def frames(data):
    """(type, payload) of each whole frame."""
    at = 0
    while at + 9 <= len(data):
        size = int.from_bytes(data[at : at + 3], "big")
        yield data[at + 3], data[at + 9 : at + 9 + size]
        at += 9 + size


class Stopping(unittest.TestCase):
    def test_sigterm_sends_goaway_and_ends_subscriptions_in_order(self):
        with Emulator() as emulator:
            kinesis = emulator.client()
            kinesis.create_stream(StreamName="s", ShardCount=1)
            test = Http2()
            test.kinesis = kinesis
            wait_until(
                lambda: kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamStatus"]
                == "ACTIVE",
                "the stream",
            )
            client = Client(emulator.url)
            stream = client.ask(
                "SubscribeToShard",
                {"ConsumerARN": test.consumer("s"), "ShardId": SHARD, "StartingPosition": {"Type": "LATEST"}},
            )
            while len(client.answers[stream][2]) < 104:
                client.receive()
            emulator.stop()
            while client.receive():
                pass
            self.assertTrue(client.answers[stream][3], "the stream was not ended")
            self.assertIsNotNone(client.goaway)
            self.assertEqual(client.goaway.error_code, 0)
            client.close()


if __name__ == "__main__":
    unittest.main()
