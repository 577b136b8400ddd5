"""Fan-out consumers, tags and policies of resources through boto3, also across a restart."""
import json
import unittest

from tests.e2e.support import ACCOUNT, ENDPOINT, REGION, ApiTest, Emulator, kinesis, temporary_directory, wait_active, wait_until

ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/"


def policy(arn, **replaced):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "123456789012"},
        "Action": ["kinesis:DescribeStreamSummary", "kinesis:GetRecords"],
        "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | replaced]})


def register(client, stream, name, **more):
    """Registers and waits for ACTIVE; the consumer's ARN."""
    arn = client.register_stream_consumer(StreamARN=ARN + stream, ConsumerName=name, **more)["Consumer"]["ConsumerARN"]

    def active():
        return client.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE"

    wait_until(active, f"consumer {name} to become ACTIVE")
    return arn


def names(client, stream, **paging):
    pages = client.get_paginator("list_stream_consumers").paginate(StreamARN=ARN + stream, PaginationConfig=paging)
    return [[one["ConsumerName"] for one in page["Consumers"]] for page in pages]


def tags(client, arn):
    return {one["Key"]: one["Value"] for one in client.list_tags_for_resource(ResourceARN=arn)["Tags"]}


class Consumers(ApiTest):
    def stream(self, **more):
        name = super().stream(**more)
        # Before the stream itself is deleted.
        self.addCleanup(self.deregister_all, name)
        return name

    def deregister_all(self, stream):
        def none_left():
            left = self.kinesis.list_stream_consumers(StreamARN=ARN + stream)["Consumers"]
            for one in left:
                self.kinesis.deregister_stream_consumer(ConsumerARN=one["ConsumerARN"])
            return not left

        wait_until(none_left, f"the consumers of {stream} to be gone")

    def test_a_consumer_is_registered_described_listed_and_deregistered(self):
        stream = self.stream()
        made = self.kinesis.register_stream_consumer(StreamARN=ARN + stream, ConsumerName="c", Tags={"team": "a"})["Consumer"]
        self.assertEqual(made["ConsumerStatus"], "CREATING")
        created = int(made["ConsumerCreationTimestamp"].timestamp())
        self.assertEqual(made["ConsumerARN"], f"{ARN}{stream}/consumer/c:{created}")
        self.refused(
            self.kinesis.register_stream_consumer,
            "ResourceInUseException",
            f"Consumer c under stream {stream} already exists for account {ACCOUNT}.",
            StreamARN=ARN + stream,
            ConsumerName="c",
        )

        def active():
            found = self.kinesis.describe_stream_consumer(StreamARN=ARN + stream, ConsumerName="c")["ConsumerDescription"]
            return found if found["ConsumerStatus"] == "ACTIVE" else None

        found = wait_until(active, "the consumer to become ACTIVE")
        self.assertEqual(found["StreamARN"], ARN + stream)
        self.assertEqual(found["ConsumerCreationTimestamp"], made["ConsumerCreationTimestamp"])
        self.assertEqual(tags(self.kinesis, made["ConsumerARN"]), {"team": "a"})
        summary = self.kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
        self.assertEqual(summary["ConsumerCount"], 1)

        self.kinesis.deregister_stream_consumer(StreamARN=ARN + stream, ConsumerName="c", ConsumerARN=made["ConsumerARN"])

        def gone():
            try:
                self.kinesis.describe_stream_consumer(ConsumerARN=made["ConsumerARN"])
                return False
            except self.kinesis.exceptions.ResourceNotFoundException:
                return True

        wait_until(gone, "the consumer to be gone")
        self.refused(
            self.kinesis.deregister_stream_consumer,
            "ResourceNotFoundException",
            f"Consumer c, account {ACCOUNT} not found.",
            ConsumerARN=made["ConsumerARN"],
        )

    def test_botocore_s_paginator(self):
        stream = self.stream()
        for name in ("e", "a", "d", "b", "c"):
            register(self.kinesis, stream, name)
        self.assertEqual(names(self.kinesis, stream, PageSize=2), [["a", "b"], ["c", "d"], ["e"]])
        self.assertEqual(names(self.kinesis, stream), [["a", "b", "c", "d", "e"]])

    def test_a_stream_with_consumers_is_deleted_by_force(self):
        stream = self.stream()
        register(self.kinesis, stream, "c")
        with self.assertRaises(self.kinesis.exceptions.ResourceInUseException):
            self.kinesis.delete_stream(StreamName=stream)
        self.kinesis.delete_stream(StreamName=stream, EnforceConsumerDeletion=True)

        def gone():
            return stream not in self.kinesis.list_streams()["StreamNames"]

        wait_until(gone, "the stream to be gone")
        self.kinesis.create_stream(StreamName=stream, ShardCount=1)
        wait_active(self.kinesis, stream)
        self.assertEqual(names(self.kinesis, stream), [[]])

    def test_tags_of_a_stream_and_of_a_consumer(self):
        stream = self.stream()
        consumer = register(self.kinesis, stream, "c")
        for arn in (ARN + stream, consumer):
            self.kinesis.tag_resource(ResourceARN=arn, Tags={"Zoë": "ü", "team": "a"})
            self.kinesis.tag_resource(ResourceARN=arn, Tags={"team": "b"})
            self.assertEqual(tags(self.kinesis, arn), {"Zoë": "ü", "team": "b"})
            self.kinesis.untag_resource(ResourceARN=arn, TagKeys=["team", "never"])
            self.assertEqual(tags(self.kinesis, arn), {"Zoë": "ü"})
            self.refused(
                self.kinesis.tag_resource,
                "InvalidArgumentException",
                "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, "
                "_ . / = + - % @.",
                ResourceARN=arn,
                Tags={"a": "b;c"},
            )

    def test_policies_of_a_stream_and_of_a_consumer(self):
        stream = self.stream()
        consumer = register(self.kinesis, stream, "c")
        for arn in (ARN + stream, consumer):
            self.assertEqual(self.kinesis.get_resource_policy(ResourceARN=arn)["Policy"], "{}")
            self.kinesis.put_resource_policy(ResourceARN=arn, Policy=policy(arn))
            self.assertEqual(self.kinesis.get_resource_policy(ResourceARN=arn)["Policy"], policy(arn))
            self.refused(
                self.kinesis.put_resource_policy,
                "InvalidArgumentException",
                "Policy is not valid: Statement 1: Effect must be Allow or Deny.",
                ResourceARN=arn,
                Policy=policy(arn, Effect="Maybe"),
            )
            self.kinesis.delete_resource_policy(ResourceARN=arn)
            self.refused(
                self.kinesis.delete_resource_policy,
                "ResourceNotFoundException",
                f"No resource policy found for resource ARN {arn}.",
                ResourceARN=arn,
            )


@unittest.skipIf(ENDPOINT, "needs an emulator of its own")
class AcrossAccountsAndRestarts(unittest.TestCase):
    def test_consumers_tags_and_policies_outlive_kill_9(self):
        with Emulator(data=temporary_directory(self)) as emulator:
            client = emulator.client()
            client.create_stream(StreamName="s", ShardCount=1)
            wait_active(client, "s")
            arn = register(client, "s", "c", Tags={"a": "1"})
            client.tag_resource(ResourceARN=arn, Tags={"b": "2"})
            client.put_resource_policy(ResourceARN=arn, Policy=policy(arn))
            client.put_resource_policy(ResourceARN=ARN + "s", Policy=policy(ARN + "s"))
            before = client.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]
            emulator.restart(kill=True)
            client = emulator.client()
            self.assertEqual(client.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"], before)
            self.assertEqual(tags(client, arn), {"a": "1", "b": "2"})
            self.assertEqual(client.get_resource_policy(ResourceARN=arn)["Policy"], policy(arn))
            self.assertEqual(client.get_resource_policy(ResourceARN=ARN + "s")["Policy"], policy(ARN + "s"))

    def test_an_arn_of_another_account_or_region_names_what_is_there(self):
        with Emulator() as emulator:
            owner = kinesis(emulator.url, region="eu-west-1", access_key="111122223333")
            owner.create_stream(StreamName="s", ShardCount=1)
            wait_active(owner, "s")
            stream = owner.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
            self.assertEqual(stream, "arn:aws:kinesis:eu-west-1:111122223333:stream/s")
            guest = emulator.client()
            made = guest.register_stream_consumer(StreamARN=stream, ConsumerName="c")["Consumer"]["ConsumerARN"]
            self.assertTrue(made.startswith(stream + "/consumer/c:"))
            listed = owner.list_stream_consumers(StreamARN=stream)["Consumers"]
            self.assertEqual([one["ConsumerARN"] for one in listed], [made])
            with self.assertRaises(guest.exceptions.ResourceNotFoundException):
                guest.describe_stream_consumer(StreamARN=ARN + "s", ConsumerName="c")


if __name__ == "__main__":
    unittest.main()
