"""SubscribeToShard through boto3, over HTTP/1.1, and as plain bytes."""
import http.client
import json
import socket
import threading
import time
import unittest
import urllib.parse
import urllib.request

import botocore.exceptions

from tests.e2e.support import ApiTest, PATIENCE_S, is_sanitized, wait_until
from tests.e2e.test_http2 import Client as Http2Client

SHARD = "shardId-000000000000"


class Reading:
    """The events of a subscription, collected by a thread until it ends."""

    def __init__(self, answer):
        self.stream = answer["EventStream"]
        self.events, self.error, self.times = [], None, []
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        try:
            for event in self.stream:
                self.times.append(time.monotonic())
                self.events.append(event["SubscribeToShardEvent"])
        except Exception as error:  # told by ended()
            self.error = error

    def data(self):
        return [record["Data"] for event in list(self.events) for record in event["Records"]]

    def ended(self):
        self.thread.join(PATIENCE_S)
        if self.thread.is_alive():
            raise AssertionError("the subscription does not end")
        return self.error


class Subscribe(ApiTest):
    def consumer(self, stream, name="reader"):
        arn = self.kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamARN"]
        consumer = self.kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=name)["Consumer"]["ConsumerARN"]

        def active():
            described = self.kinesis.describe_stream_consumer(ConsumerARN=consumer)
            return described["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE"

        wait_until(active, "the consumer to become ACTIVE")
        return consumer

    def subscribe(self, consumer, kind="TRIM_HORIZON", shard=SHARD, **more):
        return self.kinesis.subscribe_to_shard(
            ConsumerARN=consumer, ShardId=shard, StartingPosition={"Type": kind, **more}
        )

    def put(self, stream, data):
        return self.kinesis.put_record(StreamName=stream, PartitionKey="k", Data=data)["SequenceNumber"]

    def test_records_before_and_after_the_subscription_arrive_once_and_in_order(self):
        name = self.stream()
        consumer = self.consumer(name)
        for number in range(10):
            self.put(name, f"{number:03}")
        reading = Reading(self.subscribe(consumer))
        wait_until(lambda: len(reading.data()) >= 10, "the first ten records")
        for number in range(10, 200):
            self.put(name, f"{number:03}")
        wait_until(lambda: len(reading.data()) >= 200, "all records")
        self.assertEqual(reading.data(), [f"{number:03}".encode() for number in range(200)])
        for event in reading.events:
            self.assertRegex(event["ContinuationSequenceNumber"], r"^\d{56}$")
            self.assertNotIn("ChildShards", event)
        self.assertEqual(reading.events[-1]["MillisBehindLatest"], 0)
        # On from what the last event said.
        place = reading.events[-1]["ContinuationSequenceNumber"]
        self.put(name, "200")
        time_up = time.monotonic() + 5.2  # a second call within five seconds is refused

        def again():
            if time.monotonic() < time_up:
                return None
            return self.subscribe(consumer, "AFTER_SEQUENCE_NUMBER", SequenceNumber=place)

        second = Reading(wait_until(again, "five seconds to pass"))
        wait_until(lambda: second.data(), "the record after the continuation")
        self.assertEqual(second.data(), [b"200"])
        # The first one was taken over and says so.
        error = reading.ended()
        self.assertIsInstance(error, botocore.exceptions.EventStreamError)
        self.assertIn("ResourceInUseException", str(error))
        self.assertIn("Another active subscription exists for this consumer", str(error))

    def test_a_record_arrives_within_milliseconds(self):
        name = self.stream()
        reading = Reading(self.subscribe(self.consumer(name), "LATEST"))
        wait_until(lambda: reading.events, "the first event")
        took = []
        for number in range(100):
            before = time.monotonic()
            self.put(name, str(number))
            wait_until(lambda: len(reading.data()) > number, "the record", pause_s=0.0005)
            at = next(t for t, e in zip(reading.times, list(reading.events)) if any(
                r["Data"] == str(number).encode() for r in e["Records"]))  # fmt: skip
            took.append(at - before)
        median = sorted(took)[50]
        print(f"put to event: median {median * 1000:.2f} ms, worst {max(took) * 1000:.2f} ms")
        # From before the put's request to the event's decoding in Python; generous for loaded machines.
        self.assertLess(median, 0.05)

    def test_what_is_refused_before_streaming_is_a_plain_error(self):
        name = self.stream()
        consumer = self.consumer(name)
        position = {"StartingPosition": {"Type": "LATEST"}, "ConsumerARN": consumer, "ShardId": SHARD}
        call = self.kinesis.subscribe_to_shard
        self.refused(call, "DryRunOperationException", "Request would have succeeded, but DryRun flag is set.", DryRun=True, **position)
        self.refused(
            call,
            "ResourceNotFoundException",
            f"Shard shardId-000000000007 in stream {name} under account 000000000000 does not exist",
            **position | {"ShardId": "shardId-000000000007"},
        )
        reading = Reading(call(**position))
        self.refused(
            call,
            "ResourceInUseException",
            f"Another active subscription exists for this consumer: 000000000000:{name}:{SHARD}:reader",
            **position,
        )
        self.kinesis.deregister_stream_consumer(ConsumerARN=consumer)
        error = reading.ended()
        self.assertIn("ResourceNotFoundException", str(error))
        self.assertIn("Consumer reader, account 000000000000 not found.", str(error))

    def test_a_deleted_stream_ends_its_subscriptions(self):
        name = self.stream()
        reading = Reading(self.subscribe(self.consumer(name)))
        wait_until(lambda: reading.events, "the first event")
        self.kinesis.delete_stream(StreamName=name, EnforceConsumerDeletion=True)
        self.assertIn(f"Stream {name} under account 000000000000 not found.", str(reading.ended()))

    def test_heartbeats_come_while_nothing_is_put(self):
        name = self.stream()
        reading = Reading(self.subscribe(self.consumer(name), "LATEST"))
        wait_until(lambda: len(reading.events) >= 3, "three events of an idle shard")
        numbers = [event["ContinuationSequenceNumber"] for event in reading.events]
        self.assertEqual(numbers, sorted(numbers))
        self.assertEqual(reading.data(), [])
        gaps = [b - a for a, b in zip(reading.times, reading.times[1:])]
        self.assertTrue(all(0.5 < gap < 10 for gap in gaps), gaps)


class Wire(ApiTest):
    """What boto3 does not show."""

    def ask(self, consumer, version="1.1", kind="TRIM_HORIZON"):
        where = urllib.parse.urlsplit(self.emulator.url)
        sock = socket.create_connection((where.hostname, where.port), timeout=PATIENCE_S)
        self.addCleanup(sock.close)
        body = json.dumps({"ConsumerARN": consumer, "ShardId": SHARD, "StartingPosition": {"Type": kind}})
        sock.sendall(
            f"POST / HTTP/{version}\r\nHost: x\r\nX-Amz-Target: Kinesis_20131202.SubscribeToShard\r\n"
            "X-Amz-Date: 20261122T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/"
            "kinesis/aws4_request, SignedHeaders=host, Signature=0\r\nContent-Type: application/x-amz-json-1.1\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        return sock

    consumer = Subscribe.consumer

    def test_the_initial_response_is_sent_at_once_in_a_chunk_of_its_own(self):
        sock = self.ask(self.consumer(self.stream()))
        answer = http.client.HTTPResponse(sock)
        answer.begin()
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.getheader("content-type"), "application/vnd.amazon.eventstream")
        self.assertEqual(answer.getheader("transfer-encoding"), "chunked")
        self.assertIsNotNone(answer.getheader("x-amzn-requestid"))
        first = answer.read1(4096)
        self.assertEqual(len(first), 104)
        self.assertTrue(first.startswith(bytes.fromhex("00000068000000564e681724")))

    def test_a_client_of_http_1_0_gets_the_stream_until_the_connection_ends(self):
        name = self.stream()
        sock = self.ask(self.consumer(name), "1.0")
        got = sock.recv(65536)  # it has begun
        self.kinesis.delete_stream(StreamName=name, EnforceConsumerDeletion=True)
        while more := sock.recv(65536):
            got += more
        head, _, body = got.partition(b"\r\n\r\n")
        self.assertIn(b"\r\nConnection: close", head)
        self.assertNotIn(b"chunked", head)
        self.assertTrue(body.startswith(bytes.fromhex("00000068")))
        self.assertIn(b"ResourceNotFoundException", body)

    def test_it_ends_after_five_minutes_and_the_connection_serves_on(self):
        name = self.stream()
        sock = self.ask(self.consumer(name))
        other = self.consumer(name, "other")
        answer = http.client.HTTPResponse(sock)
        answer.begin()
        client = Http2Client(self.emulator.url)
        self.addCleanup(client.close)
        asked = {"ConsumerARN": other, "ShardId": SHARD, "StartingPosition": {"Type": "LATEST"}}
        stream = client.ask("SubscribeToShard", asked)
        while b"MillisBehindLatest" not in client.answers[stream][2]:
            client.receive()
        urllib.request.urlopen(  # the emulator's clock, not ours
            urllib.request.Request(self.emulator.url + "/_millrace/api/clock", b'{"advance_ms": 300000}', method="POST"))
        self.assertIn(b"MillisBehindLatest", answer.read())  # whole: the last chunk has come
        sock.sendall(b"GET /_millrace/health HTTP/1.1\r\nHost: x\r\n\r\n")
        again = http.client.HTTPResponse(sock)
        again.begin()
        self.assertEqual(again.status, 200)
        frames = client.answer(stream)[2]
        self.assertNotIn(b"exception", frames)
        self.assertEqual(client.call("ListStreams", {})[0], 200)

    @unittest.skipIf(is_sanitized(), "a sanitizer keeps freed memory")
    def test_a_reader_that_does_not_read_costs_no_memory(self):
        name = self.stream()
        sock = self.ask(self.consumer(name), kind="LATEST")
        sock.recv(1)
        before = self.memory()
        megabyte = b"x" * 1_000_000
        for _ in range(60):
            self.kinesis.put_record(StreamName=name, PartitionKey="k", Data=megabyte)
        # With --memory the records themselves are held: what counts is that they are not held twice.
        grown = self.memory() - before
        self.assertLess(grown, 110_000_000)
        self.assertGreater(grown, 50_000_000)

    def memory(self):
        with open(f"/proc/{self.emulator.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096

    def test_the_server_stops_although_a_subscription_is_open(self):
        # tearDownClass stops the server and expects exit code 0 within its limit.
        self.ask(self.consumer(self.stream()))


if __name__ == "__main__":
    unittest.main()
