"""CBOR 1.1, written and read by a codec that is not ours (cbor2), as the AWS SDK for Java sends it."""
import time

import cbor2

from tests.e2e.support import ApiTest, raw

CBOR = "application/x-amz-cbor-1.1"


class Milliseconds:
    def __init__(self, value):
        self.value = value


def open_ended(value):
    """Maps and lists of indefinite length, times as tag 1 with an integer of milliseconds."""
    if isinstance(value, dict):
        inner = b"".join(cbor2.dumps(k) + open_ended(v) for k, v in value.items())
        return b"\xbf" + inner + b"\xff"
    if isinstance(value, list):
        return b"\x9f" + b"".join(open_ended(v) for v in value) + b"\xff"
    if isinstance(value, Milliseconds):
        return b"\xc1\x1b" + value.value.to_bytes(8, "big")
    return cbor2.dumps(value)


VISIBLE = 9999  # the tag that stands for tag 1 in decoded()


def decoded(data):
    """cbor2 takes tag 1 for seconds, so another tag is put in its place and its number left alone."""
    seen = data.replace(b"\xc1\x1b", b"\xd9\x27\x0f\x1b")
    return cbor2.loads(seen) if data else {}


class Cbor(ApiTest):
    def call(self, target, body, status=200):
        data = body if isinstance(body, bytes) else open_ended(body)
        got, headers, answer = raw(self.emulator.url, target, data, {"Content-Type": CBOR})
        self.assertEqual(got, status, answer)
        self.assertEqual(headers["content-type"], CBOR)
        return decoded(answer), headers

    def test_a_record_goes_round(self):
        name = self.stream()
        before = int(time.time() * 1000)
        blob = bytes(range(256))
        put, _ = self.call("PutRecord", {"StreamName": name, "PartitionKey": "k\u00fc", "Data": blob})
        self.assertEqual(put["ShardId"], "shardId-000000000000")
        many, _ = self.call(
            "PutRecords",
            {"StreamName": name, "Records": [{"Data": b"", "PartitionKey": str(i)} for i in range(500)]},
        )
        self.assertEqual((many["FailedRecordCount"], len(many["Records"])), (0, 500))
        place, _ = self.call(
            "GetShardIterator",
            {
                "StreamName": name,
                "ShardId": "shardId-000000000000",
                "ShardIteratorType": "AT_TIMESTAMP",
                "Timestamp": Milliseconds(before - 5000),
            },
        )
        page, _ = self.call("GetRecords", {"ShardIterator": place["ShardIterator"], "Limit": 10000})
        first = page["Records"][0]
        self.assertEqual((first["Data"], first["PartitionKey"]), (blob, "k\u00fc"))
        self.assertEqual(first["SequenceNumber"], put["SequenceNumber"])
        self.assertEqual(len(page["Records"]), 501)
        arrived = first["ApproximateArrivalTimestamp"]
        self.assertEqual(arrived.tag, VISIBLE)
        self.assertTrue(before - 2 <= arrived.value <= time.time() * 1000 + 2, arrived)
        # And the same records by JSON.
        self.assertEqual(
            self.kinesis.get_records(ShardIterator=place["ShardIterator"])["Records"][0]["Data"], blob
        )

    def test_times_are_milliseconds(self):
        name = self.stream()
        answer, _ = self.call("DescribeStream", {"StreamName": name})
        made = answer["StreamDescription"]["StreamCreationTimestamp"].value
        self.assertAlmostEqual(made, time.time() * 1000, delta=60_000)
        self.assertEqual(made % 1000, 0)

    def test_an_error_has_its_type_and_message(self):
        said, headers = self.call("DescribeStream", {"StreamName": "nosuch"}, 400)
        self.assertEqual(said["__type"], "ResourceNotFoundException")
        self.assertRegex(said["message"], r"^Stream nosuch under account \d{12} not found\.$")
        self.assertEqual(headers["x-amzn-errortype"], "ResourceNotFoundException")
        said, _ = self.call("CreateStream", {"StreamName": "", "ShardCount": 0}, 400)
        self.assertTrue(said["message"].startswith("3 validation errors detected: "), said)
        said, _ = self.call("CreateStream", {"StreamName": [1]}, 400)
        self.assertEqual(
            said, {"__type": "SerializationException", "Message": "Start of list found where not expected"}
        )

    def test_what_is_no_cbor_is_refused_at_once(self):
        bombs = (b"{}", b"\xbf", b"\x81" * 1_000_000, b"\x9f" * 5_000_000, b"\xc1" * 5_000_000,
                 b"\x9b" + b"\xff" * 8, b"\xbb" + b"\xff" * 8, b"\x5b" + b"\xff" * 8,
                 b"\x9f" + b"\x01" * 5_000_000)  # fmt: skip
        for bomb in bombs:
            with self.subTest(bomb[:9].hex()):
                said, _ = self.call("ListStreams", bomb, 400)
                self.assertEqual(said, {"__type": "SerializationException"})

    def test_every_operation_refuses_bombs(self):
        for operation in self.kinesis.meta.service_model.operation_names:
            for bomb in (b"\x9f" * 100_000, b"\xbf\x61a\x9b" + b"\xff" * 8, b"\xbf\x61a\x7b" + b"\xff" * 8):
                with self.subTest(f"{operation} {bomb[:4].hex()}"):
                    said, _ = self.call(operation, bomb, 400)
                    self.assertEqual(said, {"__type": "SerializationException"})

    def test_nulls_and_unknown_members_do_no_harm(self):
        answer, _ = self.call("ListStreams", {"Limit": None, "Nobody": {"knows": [1.5, b"x", None]}})
        self.assertIn("StreamNames", answer)

    def test_an_operation_without_output_answers_an_empty_body(self):
        answer, headers = self.call("CreateStream", {"StreamName": "test_cbor_empty", "ShardCount": 1})
        self.assertEqual((answer, headers["content-length"]), ({}, "0"))
