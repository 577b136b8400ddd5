"""Every sentence that AWS is known to answer, word for word, from the running emulator.

TEXTS is the list; each row has the test of its own name below, and a row without one fails the list's own
test. Words in braces are filled in by the test.
"""
import re
import time
import unittest

import botocore.exceptions

from tests.e2e.support import (
    ACCOUNT,
    ENDPOINT,
    REGION,
    ApiTest,
    Emulator,
    advance_clock,
    delete_stream,
    iterator,
    wait_active,
    wait_until,
)

START = (
    "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) "
    "TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {type} and "
)
NUMBER = "StartingSequenceNumber {number} used in GetShardIterator on shard {shard} in stream {stream} under account {account} is invalid"
HOURS = "Requested retention period ({hours} hours) for stream {stream} can not be {than} than existing retention period (48 hours). Use {use}RetentionPeriod API."
RATE = "Rate exceeded for shard {shard} in stream {stream} under account {account}."

NOT_FOUND = "ResourceNotFoundException"
IN_USE = "ResourceInUseException"
LIMIT = "LimitExceededException"
ARGUMENT = "InvalidArgumentException"
THROUGHPUT = "ProvisionedThroughputExceededException"
VALIDATION = "ValidationException"

TEXTS = {
    "stream_not_found": (NOT_FOUND, "Stream {stream} under account {account} not found."),
    "stream_not_found_for_a_put_while_creating": (NOT_FOUND, "Stream {stream} under account {account} not found."),
    "stream_not_found_by_arn": (NOT_FOUND, "Stream {stream} under account {account} not found."),
    "shard_not_found_for_a_read": (NOT_FOUND, "Shard {shard} in stream {stream} under account {account} does not exist"),
    "shard_not_found_unparsable": (NOT_FOUND, "Could not find shard {shard} in stream {stream} under account {account}."),
    "shard_not_found_split": (NOT_FOUND, "Could not find shard {shard} in stream {stream} under account {account}."),
    "shard_not_found_merge": (NOT_FOUND, "Could not find shard {shard} in stream {stream} under account {account}."),
    "consumer_not_found": (NOT_FOUND, "Consumer {consumer}, account {account} not found."),
    "policy_not_found": (NOT_FOUND, "No resource policy found for resource ARN {arn}."),
    "stream_exists": (IN_USE, "Stream {stream} under account {account} already exists."),
    "stream_not_active": (IN_USE, "Stream {stream} under account {account} not ACTIVE, instead in state CREATING"),
    "consumer_not_active": (
        IN_USE,
        "Consumer {consumer} with creation timestamp {seconds} under stream {stream} and account {account} is not in ACTIVE status.",
    ),
    "stream_has_consumers": (
        IN_USE,
        "DeleteStream can't delete {arn} because there are consumers associated with this data stream. To delete {stream} anyway, "
        "set the EnforceConsumerDeletion parameter to true to force the deletion of all the consumers that are associated with it.",
    ),
    "another_subscription": (IN_USE, "Another active subscription exists for this consumer: {account}:{stream}:{shard}:{consumer}"),
    "shard_limit": (
        LIMIT,
        "This request would exceed the shard limit for the account {account} in {region}. Current shard count for the account: 9. "
        "Limit: 10. Number of additional shards that would have resulted from this request: 2. Refer to the AWS Service Limits "
        "page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request "
        "higher limits.",
    ),
    "shard_count_over_double": (
        LIMIT,
        "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 2, Target shard count: 6",
    ),
    "shard_count_below_half": (
        LIMIT,
        "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: 4, Target shard count: 1",
    ),
    "control_plane_rate": (LIMIT, "Rate exceeded for stream {stream} under account {account}."),
    "on_demand": (VALIDATION, "Request is invalid. Stream {stream} under account {account} is in On-Demand mode."),
    "rate_of_get_records": (THROUGHPUT, RATE),
    "rate_of_put_record": (THROUGHPUT, RATE),
    "rate_of_a_put_records_entry": (THROUGHPUT, RATE),
    "put_records_total": (ARGUMENT, "Records size exceeds 10 MB limit"),
    "record_too_big": (
        VALIDATION,
        "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1048576 cap=1048576]' at 'data' failed to satisfy "
        "constraint: Member must have length less than or equal to 1048576",
    ),
    "explicit_hash_key": (
        ARGUMENT,
        "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {number}",
    ),
    "ordering": (
        ARGUMENT,
        "ExclusiveMinimumSequenceNumber {number} used in PutRecord on stream {stream} under account {account} is invalid.",
    ),
    "iterator": (ARGUMENT, "Invalid ShardIterator."),
    "expired_iterator": (
        "ExpiredIteratorException",
        "Iterator expired. The iterator was created at time {time} while right now it is {time} which is further in the future "
        "than the tolerated delay of 300000 milliseconds.",
    ),
    "start_and_a_number": (ARGUMENT, START + "also a StartingSequenceNumber."),
    "start_and_no_number": (ARGUMENT, START + "no StartingSequenceNumber."),
    "start_number": (ARGUMENT, NUMBER + "."),
    "start_number_of_another_stream": (ARGUMENT, NUMBER + " because it did not come from this stream."),
    "start_number_of_another_shard": (
        ARGUMENT,
        "Invalid StartingSequenceNumber. It encodes {encoded}, while it was used in a call to a shard with {shard}",
    ),
    "no_timestamp": (
        ARGUMENT,
        "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.",
    ),
    "timestamp_in_the_future": (
        ARGUMENT,
        "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: {asked}, "
        "currentTimestampInMillis: {now}",
    ),
    "split_key": (
        ARGUMENT,
        "NewStartingHashKey {key} used in SplitShard() on shard {shard} in stream {stream} under account {account} is not both "
        "greater than one plus the shard's StartingHashKey {low} and less than the shard's EndingHashKey {high}.",
    ),
    "closed_shard": (
        ARGUMENT,
        "Shard {shard} in stream {stream} under account {account} has already been merged or split, and thus is not eligible for "
        "merging or splitting.",
    ),
    "not_adjacent": (
        ARGUMENT,
        "Shards {shard} and {other} in stream {stream} under account {account} are not an adjacent pair of shards eligible for merging",
    ),
    "retention_too_short": (
        ARGUMENT,
        "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.",
    ),
    "retention_too_long": (
        ARGUMENT,
        "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long.",
    ),
    "retention_decrease_needed": (ARGUMENT, HOURS),
    "retention_increase_needed": (ARGUMENT, HOURS),
    "tag_characters": (
        ARGUMENT,
        "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @.",
    ),
    "list_shards_neither": (ARGUMENT, "Either NextToken or StreamName should be provided."),
    "list_shards_both": (ARGUMENT, "NextToken and StreamName cannot be provided together."),
}

# Rows that the emulator has no way to answer.
NEVER = {
    "put_records_entry_internal_failure": "InternalFailure, Internal service failure.: all records of a call are stored "
    "together or not at all, so that no entry fails alone",
}

FIRST = "shardId-000000000000"
JAVA_TIME = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4}")
TOP = 2**128 - 1


def sentence(template, **words):
    """The regular expression that is the template's text; words may be regular expressions themselves."""
    parts = re.split(r"\{(\w+)\}", template)
    for i in range(1, len(parts), 2):
        word = words[parts[i]]
        parts[i] = word.pattern if isinstance(word, re.Pattern) else re.escape(str(word))
    return "".join(re.escape(p) if i % 2 == 0 else p for i, p in enumerate(parts))


class Texts(ApiTest):
    """Helpers: each test says once what is named like it."""

    def setUp(self):
        self.said = False

    def tearDown(self):
        self.assertTrue(self.said, "this test has asked for no text")

    def expect(self, code, message, **words):
        wanted_code, template = TEXTS[self._testMethodName.removeprefix("test_")]
        self.assertEqual(code, wanted_code, message)
        self.assertRegex(message, "^" + sentence(template, account=ACCOUNT, **words) + r"\Z")
        self.said = True

    def says(self, call, words=None, **arguments):
        """call(**arguments) must be refused with this test's text."""
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**arguments)
        error = caught.exception.response["Error"]
        self.expect(error["Code"], error["Message"], **(words or {}))

    def arn(self, name):
        return f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{name}"

    def put(self, name, **more):
        return self.kinesis.put_record(**{"StreamName": name, "Data": b"x", "PartitionKey": "k", **more})

    def consumer(self, name, consumer="reader"):
        made = self.kinesis.register_stream_consumer(StreamARN=self.arn(name), ConsumerName=consumer)["Consumer"]

        def active():
            found = self.kinesis.describe_stream_consumer(ConsumerARN=made["ConsumerARN"])
            return found["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE"

        wait_until(active, "the consumer to become ACTIVE")
        return made["ConsumerARN"]


@unittest.skipIf(ENDPOINT, "the texts of our own emulator")
class Lists(unittest.TestCase):
    def test_every_text_has_a_test_and_every_test_a_text(self):
        tests = {
            method.removeprefix("test_")
            for case in (Found, States, Slow, Limits, Rates, Puts, Starts, Shards, Others)
            for method in dir(case)
            if method.startswith("test_")
        }
        self.assertEqual(sorted(tests), sorted(TEXTS))
        self.assertFalse(NEVER.keys() & tests)


@unittest.skipIf(ENDPOINT, "the texts of our own emulator")
class Found(Texts):
    def test_stream_not_found(self):
        self.says(self.kinesis.describe_stream, {"stream": "nosuch"}, StreamName="nosuch")

    def test_stream_not_found_by_arn(self):
        """The name is told, not the ARN."""
        self.says(self.kinesis.describe_stream, {"stream": "nosuch"}, StreamARN=self.arn("nosuch"))

    def test_shard_not_found_for_a_read(self):
        name, shard = self.stream(), "shardId-000000000005"
        self.says(
            self.kinesis.get_shard_iterator,
            {"shard": shard, "stream": name},
            StreamName=name,
            ShardId="shardId-5",
            ShardIteratorType="LATEST",
        )

    def test_shard_not_found_unparsable(self):
        name = self.stream()
        self.says(
            self.kinesis.get_shard_iterator,
            {"shard": "ketchup", "stream": name},
            StreamName=name,
            ShardId="ketchup",
            ShardIteratorType="LATEST",
        )

    def test_shard_not_found_split(self):
        name = self.stream()
        self.says(
            self.kinesis.split_shard,
            {"shard": "shardId-000000000005", "stream": name},
            StreamName=name,
            ShardToSplit="shardId-000000000005",
            NewStartingHashKey=str(2**127),
        )

    def test_shard_not_found_merge(self):
        name = self.stream()
        self.says(
            self.kinesis.merge_shards,
            {"shard": "shardId-000000000005", "stream": name},
            StreamName=name,
            ShardToMerge=FIRST,
            AdjacentShardToMerge="shardId-000000000005",
        )

    def test_consumer_not_found(self):
        name = self.stream()
        self.says(
            self.kinesis.describe_stream_consumer,
            {"consumer": "nosuch"},
            StreamARN=self.arn(name),
            ConsumerName="nosuch",
        )

    def test_policy_not_found(self):
        name = self.stream()
        self.says(self.kinesis.delete_resource_policy, {"arn": self.arn(name)}, ResourceARN=self.arn(name))


@unittest.skipIf(ENDPOINT, "the texts of our own emulator")
class States(Texts):
    def test_stream_exists(self):
        name = self.stream()
        self.says(self.kinesis.create_stream, {"stream": name}, StreamName=name, ShardCount=1)

    def test_stream_has_consumers(self):
        name = self.stream()
        self.consumer(name)
        self.says(self.kinesis.delete_stream, {"stream": name, "arn": self.arn(name)}, StreamName=name)
        self.kinesis.delete_stream(StreamName=name, EnforceConsumerDeletion=True)

    def test_another_subscription(self):
        name = self.stream()
        reader = self.consumer(name)
        self.addCleanup(self.kinesis.delete_stream, StreamName=name, EnforceConsumerDeletion=True)
        asked = {"ConsumerARN": reader, "ShardId": FIRST, "StartingPosition": {"Type": "LATEST"}}
        first = self.kinesis.subscribe_to_shard(**asked)["EventStream"]
        self.addCleanup(first.close)
        self.says(
            self.emulator.client().subscribe_to_shard,
            {"stream": name, "shard": FIRST, "consumer": "reader"},
            **asked,
        )


@unittest.skipIf(ENDPOINT, "the texts of our own emulator")
class Slow(Texts):
    """An emulator whose streams stay CREATING."""

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(transition_ms=3_600_000)
        cls.kinesis = cls.emulator.client()

    def test_stream_not_found_for_a_put_while_creating(self):
        self.kinesis.create_stream(StreamName="made", ShardCount=1)
        self.says(self.kinesis.put_record, {"stream": "made"}, StreamName="made", Data=b"x", PartitionKey="k")

    def test_stream_not_active(self):
        self.kinesis.create_stream(StreamName="split", ShardCount=1)
        self.says(
            self.kinesis.split_shard,
            {"stream": "split"},
            StreamName="split",
            ShardToSplit=FIRST,
            NewStartingHashKey=str(2**127),
        )

    def test_consumer_not_active(self):
        self.kinesis.create_stream(StreamName="read", ShardCount=1)
        advance_clock(self.emulator, 3_600_000)
        made = self.kinesis.register_stream_consumer(StreamARN=self.arn("read"), ConsumerName="reader")["Consumer"]
        self.says(
            self.kinesis.subscribe_to_shard,
            {"consumer": "reader", "stream": "read", "seconds": made["ConsumerARN"].rpartition(":")[2]},
            ConsumerARN=made["ConsumerARN"],
            ShardId=FIRST,
            StartingPosition={"Type": "LATEST"},
        )


@unittest.skipIf(ENDPOINT, "the texts of our own emulator")
class Limits(Texts):
    arguments = ("--shard-limit", "10")

    def test_shard_limit(self):
        self.stream(9)
        self.says(self.kinesis.create_stream, {"region": REGION}, StreamName="more", ShardCount=2)

    def test_shard_count_over_double(self):
        name = self.stream(2)
        self.says(
            self.kinesis.update_shard_count, StreamName=name, TargetShardCount=6, ScalingType="UNIFORM_SCALING"
        )

    def test_shard_count_below_half(self):
        name = self.stream(4)
        self.says(
            self.kinesis.update_shard_count, StreamName=name, TargetShardCount=1, ScalingType="UNIFORM_SCALING"
        )

    def test_on_demand(self):
        name = "test_on_demand"
        self.kinesis.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
        self.addCleanup(delete_stream, self.kinesis, name)
        wait_active(self.kinesis, name)
        self.says(
            self.kinesis.update_shard_count,
            {"stream": name},
            StreamName=name,
            TargetShardCount=2,
            ScalingType="UNIFORM_SCALING",
        )


@unittest.skipIf(ENDPOINT, "the texts of our own emulator")
class Rates(Texts):
    """An emulator that keeps AWS's rates."""

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(limits="aws")
        cls.kinesis = cls.emulator.client()

    def stream(self):
        name = self._testMethodName
        self.kinesis.create_stream(StreamName=name, ShardCount=1)
        wait_until(lambda: self.state(name) == "ACTIVE", f"{name} to become ACTIVE", pause_s=0.2)
        return name

    def state(self, name):
        # The limit of calls is an answer like any other here.
        try:
            return self.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamStatus"]
        except self.kinesis.exceptions.LimitExceededException:
            return None

    def until_refused(self, call, words, times, **arguments):
        """Calls until the rate is exceeded, at most so often; no time passes between the calls."""
        for _ in range(times):
            advance_clock(self.emulator, -60_000)
            try:
                call(**arguments)
            except botocore.exceptions.ClientError as error:
                answer = error.response["Error"]
                self.expect(answer["Code"], answer["Message"], **words)
                return
        self.fail(f"{times} calls and none was refused")

    def test_control_plane_rate(self):
        name = self.stream()
        self.until_refused(self.kinesis.describe_stream_summary, {"stream": name}, 200, StreamName=name)

    def test_rate_of_get_records(self):
        name = self.stream()
        position = iterator(self.kinesis, name)
        self.until_refused(self.kinesis.get_records, {"stream": name, "shard": FIRST}, 50, ShardIterator=position)

    def test_rate_of_put_record(self):
        name = self.stream()
        self.until_refused(
            self.kinesis.put_record,
            {"stream": name, "shard": FIRST},
            50,
            StreamName=name,
            Data=bytes(500_000),
            PartitionKey="k",
        )

    def test_rate_of_a_put_records_entry(self):
        name = self.stream()
        for _ in range(10):
            advance_clock(self.emulator, -60_000)
            answer = self.kinesis.put_records(
                StreamName=name, Records=[{"Data": b"x", "PartitionKey": "k"}] * 500
            )
            failed = [entry for entry in answer["Records"] if "ErrorCode" in entry]
            self.assertEqual(len(failed), answer["FailedRecordCount"])
            if failed:
                for entry in failed:
                    self.assertNotIn("SequenceNumber", entry)
                    self.expect(entry["ErrorCode"], entry["ErrorMessage"], stream=name, shard=FIRST)
                return
        self.fail("5000 records at once and none was refused")


@unittest.skipIf(ENDPOINT, "the texts of our own emulator")
class Puts(Texts):
    def test_put_records_total(self):
        name = self.stream()
        records = [{"Data": bytes(1_000_000), "PartitionKey": "k"}] * 11
        self.says(self.kinesis.put_records, StreamName=name, Records=records)

    def test_record_too_big(self):
        """The key counts as well: data of exactly the limit is too much."""
        name = self.stream()
        self.says(self.kinesis.put_record, StreamName=name, Data=bytes(1048576), PartitionKey="k")

    def test_explicit_hash_key(self):
        name = self.stream()
        self.says(
            self.kinesis.put_record,
            {"number": TOP + 1},
            StreamName=name,
            Data=b"x",
            PartitionKey="k",
            ExplicitHashKey=str(TOP + 1),
        )

    def test_ordering(self):
        """A number from the time to come."""
        name = self.stream()
        number = int(self.put(name)["SequenceNumber"]) + (1_000_000 << (8 + 1) * 4)
        self.says(
            self.kinesis.put_record,
            {"number": number, "stream": name},
            StreamName=name,
            Data=b"x",
            PartitionKey="k",
            SequenceNumberForOrdering=str(number),
        )

    def test_tag_characters(self):
        name = self.stream()
        self.says(self.kinesis.add_tags_to_stream, StreamName=name, Tags={"bad!": "value"})


@unittest.skipIf(ENDPOINT, "the texts of our own emulator")
class Starts(Texts):
    """GetShardIterator and GetRecords."""

    def start(self, words, name, kind, shard=FIRST, **more):
        self.says(
            self.kinesis.get_shard_iterator,
            {"stream": name, "shard": shard, "type": kind, **words},
            StreamName=name,
            ShardId=shard,
            ShardIteratorType=kind,
            **more,
        )

    def test_iterator(self):
        self.says(self.kinesis.get_records, ShardIterator="AAAAAAAAAAEnonsense")

    def test_expired_iterator(self):
        name = self.stream()
        position = iterator(self.kinesis, name)
        self.kinesis.get_records(ShardIterator=position)
        advance_clock(self.emulator, 301_000)
        self.says(self.kinesis.get_records, {"time": JAVA_TIME}, ShardIterator=position)

    def test_start_and_a_number(self):
        name = self.stream()
        self.start({}, name, "LATEST", StartingSequenceNumber=self.put(name)["SequenceNumber"])

    def test_start_and_no_number(self):
        self.start({}, self.stream(), "AT_SEQUENCE_NUMBER")

    def test_start_number(self):
        name = self.stream()
        number = int(self.put(name)["SequenceNumber"]) + 1  # the last digit is the version: there is no 3
        self.start({"number": number}, name, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=str(number))

    def test_start_number_of_another_stream(self):
        name = self.stream()
        # The same shard's number, made in another second.
        number = int(self.put(name)["SequenceNumber"]) - (10 << (1 + 16 + 2 + 9 + 8 + 1) * 4)
        self.start({"number": number}, name, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=str(number))

    def test_start_number_of_another_shard(self):
        name = self.stream(2)
        number = self.put(name, ExplicitHashKey=str(TOP))["SequenceNumber"]
        self.start({"encoded": "shardId-000000000001"}, name, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=number)

    def test_no_timestamp(self):
        self.start({}, self.stream(), "AT_TIMESTAMP")

    def test_timestamp_in_the_future(self):
        # Other tests move the clock on, by minutes.
        later = int(time.time()) + 1_000_000
        self.start({"asked": later * 1000, "now": re.compile(r"\d{13}")}, self.stream(), "AT_TIMESTAMP", Timestamp=later)


@unittest.skipIf(ENDPOINT, "the texts of our own emulator")
class Shards(Texts):
    def split(self, name, key, shard=FIRST):
        self.kinesis.split_shard(StreamName=name, ShardToSplit=shard, NewStartingHashKey=str(key))
        wait_active(self.kinesis, name)

    def test_split_key(self):
        name = self.stream()
        self.says(
            self.kinesis.split_shard,
            {"key": 1, "shard": FIRST, "stream": name, "low": 0, "high": TOP},
            StreamName=name,
            ShardToSplit=FIRST,
            NewStartingHashKey="1",
        )

    def test_closed_shard(self):
        name = self.stream()
        self.split(name, 2**127)
        self.says(
            self.kinesis.split_shard,
            {"shard": FIRST, "stream": name},
            StreamName=name,
            ShardToSplit=FIRST,
            NewStartingHashKey=str(2**126),
        )

    def test_not_adjacent(self):
        name = self.stream(3)
        self.says(
            self.kinesis.merge_shards,
            {"shard": FIRST, "other": "shardId-000000000002", "stream": name},
            StreamName=name,
            ShardToMerge=FIRST,
            AdjacentShardToMerge="shardId-000000000002",
        )

    def test_list_shards_neither(self):
        self.says(self.kinesis.list_shards)

    def test_list_shards_both(self):
        name = self.stream(2)
        token = self.kinesis.list_shards(StreamName=name, MaxResults=1)["NextToken"]
        self.says(self.kinesis.list_shards, StreamName=name, NextToken=token)


@unittest.skipIf(ENDPOINT, "the texts of our own emulator")
class Others(Texts):
    """Retention."""

    def retention(self, call, hours, words):
        name = self.stream()
        self.kinesis.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=48)
        wait_active(self.kinesis, name)
        self.says(call, {"stream": name, "hours": hours, **words}, StreamName=name, RetentionPeriodHours=hours)

    def test_retention_too_short(self):
        self.retention(self.kinesis.decrease_stream_retention_period, 23, {})

    def test_retention_too_long(self):
        self.retention(self.kinesis.increase_stream_retention_period, 8761, {})

    def test_retention_decrease_needed(self):
        self.retention(
            self.kinesis.increase_stream_retention_period, 47, {"than": "shorter", "use": "Decrease"}
        )

    def test_retention_increase_needed(self):
        self.retention(self.kinesis.decrease_stream_retention_period, 49, {"than": "longer", "use": "Increase"})


del Texts  # its subclasses are the tests

if __name__ == "__main__":
    unittest.main()
