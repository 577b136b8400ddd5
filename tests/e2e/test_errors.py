"""Errors as botocore shows them: the exception class of the model and AWS's words."""
import re
import unittest

from tests.e2e.support import ACCOUNT, ENDPOINT, REGION, ApiTest, iterator, read_shard, wait_until

SHARD = "shardId-000000000000"
NO_SHARD = "shardId-000000000005"


def missing(name, account=ACCOUNT):
    return f"Stream {name} under account {account} not found."


class NotFound(ApiTest):
    def test_every_operation_that_names_a_stream(self):
        k = self.kinesis
        calls = [
            (k.describe_stream, {}),
            (k.describe_stream_summary, {}),
            (k.delete_stream, {}),
            (k.list_shards, {}),
            (k.put_record, {"Data": b"x", "PartitionKey": "k"}),
            (k.put_records, {"Records": [{"Data": b"x", "PartitionKey": "k"}]}),
            (k.increase_stream_retention_period, {"RetentionPeriodHours": 48}),
            (k.decrease_stream_retention_period, {"RetentionPeriodHours": 24}),
        ]
        for call, more in calls:
            with self.subTest(call.__name__):
                self.refused(call, "ResourceNotFoundException", missing("nosuch"), StreamName="nosuch", **more)

    def test_a_shard_that_does_not_exist(self):
        name = self.stream()
        for stream in (name, "nosuch"):
            self.refused(
                self.kinesis.get_shard_iterator,
                "ResourceNotFoundException",
                f"Shard {NO_SHARD} in stream {stream} under account {ACCOUNT} does not exist",
                StreamName=stream,
                ShardId=NO_SHARD,
                ShardIteratorType="LATEST",
            )

    def test_a_shard_id_that_is_none(self):
        name = self.stream()
        self.refused(
            self.kinesis.get_shard_iterator,
            "ResourceNotFoundException",
            f"Could not find shard ketchup in stream {name} under account {ACCOUNT}.",
            StreamName=name,
            ShardId="ketchup",
            ShardIteratorType="LATEST",
        )


class State(ApiTest):
    def test_a_name_that_is_taken(self):
        name = self.stream()
        self.refused(
            self.kinesis.create_stream,
            "ResourceInUseException",
            f"Stream {name} under account {ACCOUNT} already exists.",
            StreamName=name,
            ShardCount=1,
        )

    @unittest.skipIf(ENDPOINT, "that server has limits of its own")
    def test_the_shard_limit(self):
        self.refused(
            self.kinesis.create_stream,
            "LimitExceededException",
            re.compile(
                rf"^This request would exceed the shard limit for the account {ACCOUNT} in {REGION}\. "
                r"Current shard count for the account: \d+\. Limit: 500\. Number of additional shards that "
                r"would have resulted from this request: 501\. Refer to the AWS Service Limits page "
                r"\(http://docs\.aws\.amazon\.com/general/latest/gr/aws_service_limits\.html\) for current "
                r"limits and how to request higher limits\.$"
            ),
            StreamName="toomany",
            ShardCount=501,
        )


class Retention(ApiTest):
    def settled(self, name, hours):
        found = self.kinesis.describe_stream(StreamName=name)["StreamDescription"]
        return (found["RetentionPeriodHours"], found["StreamStatus"]) == (hours, "ACTIVE")

    def set(self, call, name, hours):
        call(StreamName=name, RetentionPeriodHours=hours)
        wait_until(lambda: self.settled(name, hours), f"a retention of {hours} h")

    def test_up_and_down_again(self):
        name = self.stream()
        self.kinesis.put_record(StreamName=name, Data=b"kept", PartitionKey="k")
        self.set(self.kinesis.increase_stream_retention_period, name, 168)
        self.set(self.kinesis.decrease_stream_retention_period, name, 25)
        self.set(self.kinesis.decrease_stream_retention_period, name, 24)
        self.assertEqual([r["Data"] for r in read_shard(self.kinesis, name)], [b"kept"])

    def test_refusals(self):
        name = self.stream()
        up, down = (
            self.kinesis.increase_stream_retention_period,
            self.kinesis.decrease_stream_retention_period,
        )
        self.set(up, name, 48)
        cases = [
            (up, 23, "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short."),
            (down, 23, "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short."),
            (
                up,
                47,
                f"Requested retention period (47 hours) for stream {name} can not be shorter than existing "
                "retention period (48 hours). Use DecreaseRetentionPeriod API.",
            ),
            (
                down,
                49,
                f"Requested retention period (49 hours) for stream {name} can not be longer than existing "
                "retention period (48 hours). Use IncreaseRetentionPeriod API.",
            ),
        ]
        if not ENDPOINT:
            cases.append(
                (up, 8761, "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long.")
            )
        for call, hours, message in cases:
            with self.subTest(hours=hours, call=call.__name__):
                self.refused(call, "InvalidArgumentException", message, StreamName=name, RetentionPeriodHours=hours)
        self.assertTrue(self.settled(name, 48))


class Arguments(ApiTest):
    def iterator_refused(self, name, message, **arguments):
        arguments = {"StreamName": name, "ShardId": SHARD, **arguments}
        self.refused(self.kinesis.get_shard_iterator, "InvalidArgumentException", message, **arguments)

    def test_start_type_and_number_must_fit(self):
        name = self.stream()
        rule = (
            "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber "
            "or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified "
        )
        for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
            self.iterator_refused(name, rule + f"{kind} and no StartingSequenceNumber.", ShardIteratorType=kind)
        for kind in ("LATEST", "TRIM_HORIZON"):
            self.iterator_refused(
                name,
                rule + f"{kind} and also a StartingSequenceNumber.",
                ShardIteratorType=kind,
                StartingSequenceNumber="5",
            )

    def test_a_timestamp_is_needed_and_not_in_the_future(self):
        name = self.stream()
        self.iterator_refused(
            name,
            "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has "
            "no timestamp parameter.",
            ShardIteratorType="AT_TIMESTAMP",
        )
        self.iterator_refused(
            name,
            re.compile(
                r"^The timestampInMillis parameter cannot be greater than the currentTimestampInMillis\. "
                r"timestampInMillis: 4102444800000, currentTimestampInMillis: \d{13}$"
            ),
            ShardIteratorType="AT_TIMESTAMP",
            Timestamp=4102444800,
        )

    def test_a_number_of_another_shard(self):
        name = self.stream(shards=2)
        other = self.kinesis.put_record(
            StreamName=name, Data=b"x", PartitionKey="k", ExplicitHashKey=str(2**128 - 1)
        )
        self.assertEqual(other["ShardId"], "shardId-000000000001")
        self.iterator_refused(
            name,
            f"Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to "
            f"a shard with {SHARD}",
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            StartingSequenceNumber=other["SequenceNumber"],
        )

    def test_explicit_hash_key_out_of_range(self):
        name = self.stream()
        number = str(2**128)
        self.refused(
            self.kinesis.put_record,
            "InvalidArgumentException",
            f"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {number}",
            StreamName=name,
            Data=b"x",
            PartitionKey="k",
            ExplicitHashKey=number,
        )

    def test_iterators_that_are_none(self):
        for text in ("garbage", "AAAAAAAAAAE" + "A" * 200, "A" * 512):
            with self.subTest(text[:12]):
                self.refused(
                    self.kinesis.get_records, "InvalidArgumentException", "Invalid ShardIterator.", ShardIterator=text
                )

    @unittest.skipIf(ENDPOINT, "that server's iterators are plain cipher text")
    def test_an_iterator_that_was_tampered_with(self):
        whole = iterator(self.kinesis, self.stream())
        for at in (0, len(whole) // 2, len(whole) - 6):
            broken = whole[:at] + ("B" if whole[at] != "B" else "C") + whole[at + 1 :]
            with self.subTest(at):
                self.refused(
                    self.kinesis.get_records, "InvalidArgumentException", "Invalid ShardIterator.", ShardIterator=broken
                )

    def test_list_shards_wants_one_of_two(self):
        name = self.stream(shards=2)
        token = "AAAA"
        if not ENDPOINT:
            token = self.kinesis.list_shards(StreamName=name, MaxResults=1)["NextToken"]
        self.refused(
            self.kinesis.list_shards,
            "InvalidArgumentException",
            "NextToken and StreamName cannot be provided together.",
            StreamName=name,
            NextToken=token,
        )
        self.refused(
            self.kinesis.list_shards, "InvalidArgumentException", "Either NextToken or StreamName should be provided."
        )

    @unittest.skipIf(ENDPOINT, "that server has the limit of its time")
    def test_put_records_of_ten_mebibytes_and_one_byte_more(self):
        name = self.stream()
        size = 1024 * 1024 - 1  # and a key of one byte: the largest record of a stream as it is created
        records = [{"Data": b"x" * size, "PartitionKey": "k"}] * 10
        self.assertEqual(self.kinesis.put_records(StreamName=name, Records=records)["FailedRecordCount"], 0)
        with self.assertRaises(self.kinesis.exceptions.InvalidArgumentException):
            self.kinesis.put_records(StreamName=name, Records=records + [{"Data": b"", "PartitionKey": "k"}])
        self.assertEqual(len(read_shard(self.kinesis, name)), 10)

    @unittest.skipIf(ENDPOINT, "that server has the limit of its time")
    def test_a_record_of_more_than_ten_mebibytes(self):
        size = 10 * 1024 * 1024 + 1
        self.refused(
            self.kinesis.put_record,
            "ValidationException",
            f"1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]' at 'data' "
            "failed to satisfy constraint: Member must have length less than or equal to 10485760",
            StreamName="s",
            Data=b"x" * size,
            PartitionKey="k",
        )


class Validation(ApiTest):
    """botocore checks most of this itself, so it is told not to."""

    def invalid(self, call, message, **arguments):
        self.refused(call, "ValidationException", message, **arguments)

    def one(self, value, path, constraint):
        return f"1 validation error detected: Value {value} at '{path}' failed to satisfy constraint: {constraint}"

    def test_a_name_with_forbidden_characters(self):
        self.invalid(
            self.unchecked.describe_stream_summary if not ENDPOINT else self.unchecked.describe_stream,
            self.one("'a b'", "streamName", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
            StreamName="a b",
        )

    def test_a_name_that_is_too_long(self):
        long = "a" * 129
        self.invalid(
            self.unchecked.describe_stream,
            self.one(f"'{long}'", "streamName", "Member must have length less than or equal to 128"),
            StreamName=long,
        )

    def test_an_iterator_type_that_is_none(self):
        self.invalid(
            self.unchecked.get_shard_iterator,
            self.one(
                "'NEWEST'",
                "shardIteratorType",
                "Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, "
                "AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
            ),
            StreamName="s",
            ShardId=SHARD,
            ShardIteratorType="NEWEST",
        )

    def test_limits_out_of_range(self):
        for limit, bound in ((0, "greater than or equal to 1"), (10001, "less than or equal to 10000")):
            self.invalid(
                self.unchecked.get_records,
                self.one(f"'{limit}'", "limit", f"Member must have value {bound}"),
                ShardIterator="a",
                Limit=limit,
            )

    def test_an_entry_of_put_records(self):
        long = "k" * 257
        self.invalid(
            self.unchecked.put_records,
            self.one(f"'{long}'", "records.2.member.partitionKey", "Member must have length less than or equal to 256"),
            StreamName="s",
            Records=[{"Data": b"x", "PartitionKey": "k"}, {"Data": b"x", "PartitionKey": long}],
        )

    def test_more_than_500_records(self):
        self.invalid(
            self.unchecked.put_records,
            re.compile(
                r"^1 validation error detected: Value '\[.*\]' at 'records' failed to satisfy constraint: "
                r"Member must have length less than or equal to 500$"
            ),
            StreamName="s",
            Records=[{"Data": b"x", "PartitionKey": "k"}] * 501,
        )

    def test_a_number_in_the_wrong_form(self):
        for text in ("x",) if ENDPOINT else ("x", "-1", "1.5", "007", "1" * 40, "5x", "x5", "1\n"):
            self.invalid(
                self.unchecked.put_record,
                self.one(
                    f"'{text}'", "explicitHashKey", r"Member must satisfy regular expression pattern: 0|([1-9]\d{0,38})"
                ),
                StreamName="s",
                Data=b"x",
                PartitionKey="k",
                ExplicitHashKey=text,
            )

    def test_several_errors_are_counted_and_joined(self):
        with self.assertRaises(self.unchecked.exceptions.ClientError) as caught:
            self.unchecked.get_shard_iterator(StreamName="", ShardId="", ShardIteratorType="x")
        error = caught.exception.response["Error"]
        self.assertEqual(error["Code"], "ValidationException")
        head, _, tail = error["Message"].partition(" validation errors detected: ")
        found = tail.split("; ")
        self.assertEqual(head, "5", error["Message"])
        self.assertEqual(len(found), 5)
        for name in ("streamName", "shardId"):
            self.assertIn(
                f"Value '' at '{name}' failed to satisfy constraint: Member must have length greater than or equal to 1",
                found,
            )


if __name__ == "__main__":
    unittest.main()
