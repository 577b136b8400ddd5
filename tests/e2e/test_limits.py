"""Rates as boto3 meets them under --limits aws: each is hit and recovered from by moving the clock.

The time that the test itself takes would bring a little of every rate. So the clock is set back before each
call that is counted, which brings nothing, and the counts are exact on a machine of any speed.
"""
import unittest

import botocore.exceptions

from tests.e2e.support import ENDPOINT, Emulator, iterator, read_shard, temporary_directory, wait_active
from tests.e2e.test_admin import admin

MIB = 1_048_576
SHARD = "shardId-000000000000"
BACK_MS = 60_000




@unittest.skipIf(ENDPOINT, "that server's clock cannot be moved")
class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(limits="aws")
        cls.kinesis = cls.emulator.client()

    @classmethod
    def tearDownClass(cls):
        try:
            cls.emulator.stop()
        finally:
            cls.emulator.__exit__(None, None, None)

    def advance(self, ms):
        status, answer = admin(self.emulator.url, "POST", "clock", {"advance_ms": ms})
        self.assertEqual(status, 200, answer)

    def stream(self, **more):
        name = self.id().rsplit(".", 1)[-1][:100]
        self.advance(10_000)
        self.kinesis.create_stream(StreamName=name, **({"ShardCount": 1} | more))
        self.advance(1000)
        self.assertEqual(
            self.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamStatus"],
            "ACTIVE",
        )
        return name

    def until_refused(self, call, most, code, message):
        """How many calls succeed before one is refused with this code and text; `most` bounds them."""
        for done in range(most + 1):
            if done > 0:
                self.advance(-BACK_MS)
            try:
                call()
            except botocore.exceptions.ClientError as error:
                self.assertEqual(error.response["Error"]["Code"], code)
                self.assertEqual(error.response["Error"]["Message"], message)
                self.assertEqual(error.response["ResponseMetadata"]["HTTPStatusCode"], 400)
                self.advance(BACK_MS if done > 0 else 0)  # to the last call that succeeded
                return done
        self.fail(f"{most + 1} calls in a row were not refused")

    def shard_limit(self, call, name, most):
        return self.until_refused(
            call,
            most,
            "ProvisionedThroughputExceededException",
            f"Rate exceeded for shard {SHARD} in stream {name} under account 000000000000.",
        )

    def test_put_record_bytes(self):
        name = self.stream()
        put = lambda: self.kinesis.put_record(StreamName=name, Data=b"x" * 500_000, PartitionKey="k")
        self.assertEqual(self.shard_limit(put, name, 5), 2)
        self.advance(1000)
        self.assertEqual(self.shard_limit(put, name, 5), 2)

    def test_put_records_entries_fail_and_the_others_are_stored(self):
        name = self.stream()
        records = [{"Data": b"x" * 200_000, "PartitionKey": "k"} for _ in range(20)]
        self.advance(-BACK_MS)
        answer = self.kinesis.put_records(StreamName=name, Records=records)
        failed = [r for r in answer["Records"] if "ErrorCode" in r]
        stored = [r for r in answer["Records"] if "SequenceNumber" in r]
        self.assertEqual(len(failed) + len(stored), 20)
        self.assertEqual(len(failed), answer["FailedRecordCount"])
        self.assertEqual(len(stored), 5)
        for entry in failed:
            self.assertEqual(
                entry,
                {
                    "ErrorCode": "ProvisionedThroughputExceededException",
                    "ErrorMessage": f"Rate exceeded for shard {SHARD} in stream {name} under account 000000000000.",
                },
            )
        self.assertEqual(len(read_shard(self.kinesis, name)), 5)
        self.advance(BACK_MS)
        again = self.kinesis.put_records(StreamName=name, Records=records[:5])
        self.assertEqual(again["FailedRecordCount"], 0)

    def test_put_records_count(self):
        name = self.stream()
        records = [{"Data": b"x", "PartitionKey": "k"} for _ in range(500)]
        failed = []
        for _ in range(4):
            self.advance(-BACK_MS)
            failed.append(self.kinesis.put_records(StreamName=name, Records=records)["FailedRecordCount"])
        self.assertEqual(failed, [0, 0, 500, 500])
        self.advance(3 * BACK_MS)
        self.assertEqual(self.kinesis.put_records(StreamName=name, Records=records)["FailedRecordCount"], 0)

    def test_large_records_empty_the_tank(self):
        name = self.stream(MaxRecordSizeInKiB=10240)
        put = lambda: self.kinesis.put_record(StreamName=name, Data=b"x" * (9 * MIB), PartitionKey="k")
        self.assertEqual(self.shard_limit(put, name, 3), 1)
        self.advance(10_000)
        self.assertEqual(self.shard_limit(put, name, 3), 1)

    def test_get_records_calls(self):
        name = self.stream()
        position = iterator(self.kinesis, name)
        get = lambda: self.kinesis.get_records(ShardIterator=position)
        self.assertEqual(self.shard_limit(get, name, 8), 5)
        self.advance(1000)
        self.assertEqual(self.shard_limit(get, name, 8), 5)

    def test_get_records_after_10_mib_waits_5_seconds(self):
        name = self.stream()
        for _ in range(11):
            self.advance(1000)
            self.kinesis.put_record(StreamName=name, Data=b"x" * 1_048_000, PartitionKey="k")
        position = iterator(self.kinesis, name)
        get = lambda: self.kinesis.get_records(ShardIterator=position)
        self.assertEqual(len(get()["Records"]), 10)
        self.assertEqual(self.shard_limit(get, name, 0), 0)
        self.advance(5000)
        self.assertEqual(len(get()["Records"]), 10)

    def test_get_shard_iterator(self):
        name = self.stream()
        ask = lambda: iterator(self.kinesis, name)
        self.assertEqual(self.shard_limit(ask, name, 8), 5)
        self.advance(1000)
        self.assertEqual(self.shard_limit(ask, name, 8), 5)

    def test_control_plane(self):
        name = self.stream()
        arn = f"arn:aws:kinesis:us-east-1:000000000000:stream/{name}"
        stream = f"stream {name} under account 000000000000"
        cases = [
            (self.kinesis.list_streams, {}, 5, "account 000000000000"),
            (self.kinesis.describe_stream, {"StreamName": name}, 10, stream),
            (self.kinesis.list_stream_consumers, {"StreamARN": arn}, 5, stream),
            (self.kinesis.describe_stream_summary, {"StreamName": name}, 20, stream),
        ]
        for call, arguments, per_s, subject in cases:
            with self.subTest(call=call.__name__):
                for pause_ms in (100 * BACK_MS, 1000):
                    self.advance(pause_ms)
                    done = self.until_refused(
                        lambda: call(**arguments),
                        2 * per_s,
                        "LimitExceededException",
                        f"Rate exceeded for {subject}.",
                    )
                    self.assertEqual(done, per_s)

    def test_a_stream_of_its_own_mind(self):
        name = self.stream()
        status, answer = admin(self.emulator.url, "PUT", f"streams/{name}/limits", {"limits": "off"})
        self.assertEqual((status, answer["limits"], answer["limits_now"]), (200, "off", "off"))
        for _ in range(5):
            self.kinesis.put_record(StreamName=name, Data=b"x" * 1_000_000, PartitionKey="k")
        admin(self.emulator.url, "PUT", f"streams/{name}/limits", {"limits": "default"})
        put = lambda: self.kinesis.put_record(StreamName=name, Data=b"x" * 1_000_000, PartitionKey="k")
        self.shard_limit(put, name, 20)


@unittest.skipIf(ENDPOINT, "that server has flags of its own")
class Settings(unittest.TestCase):
    def refused(self, client, name):
        try:
            for _ in range(6):
                client.put_record(StreamName=name, Data=b"x" * 1_000_000, PartitionKey="k")
        except client.exceptions.ProvisionedThroughputExceededException:
            return True
        return False

    def test_a_streams_setting_survives_restarts_and_the_servers_default_is_the_flags(self):
        for kill in (False, True):
            with self.subTest(kill=kill), Emulator(temporary_directory(self)) as emulator:
                client = emulator.client()
                for name in ("always", "never", "default"):
                    client.create_stream(StreamName=name, ShardCount=1)
                    wait_active(client, name)
                admin(emulator.url, "PUT", "streams/always/limits", {"limits": "aws"})
                admin(emulator.url, "PUT", "streams/never/limits", {"limits": "off"})
                found = lambda: [self.refused(emulator.client(), n) for n in ("always", "never", "default")]
                self.assertEqual(found(), [True, False, False])
                emulator.restart(kill=kill)
                self.assertEqual(found(), [True, False, False])
                emulator.limits = "aws"
                emulator.restart(kill=kill)
                self.assertEqual(found(), [True, False, True])
                _, answer = admin(emulator.url, "GET", "streams")
                self.assertEqual(
                    {s["name"]: (s["limits"], s["limits_now"]) for s in answer["streams"]},
                    {"always": ("aws", "aws"), "never": ("off", "off"), "default": ("default", "aws")},
                )


if __name__ == "__main__":
    unittest.main()
