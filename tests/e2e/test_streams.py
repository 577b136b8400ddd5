"""Streams through boto3: life cycle, descriptions, and every way to page."""
import unittest

from tests.e2e.support import ACCOUNT, ENDPOINT, REGION, ApiTest, Emulator, delete_stream, wait_active, wait_until

MAX_HASH = str(2**128 - 1)


class Streams(ApiTest):
    def test_a_stream_is_created_described_listed_and_deleted(self):
        name = self.stream(shards=3)
        described = self.kinesis.describe_stream(StreamName=name)["StreamDescription"]
        self.assertEqual(described["StreamName"], name)
        self.assertEqual(described["StreamARN"], f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{name}")
        self.assertEqual(described["StreamStatus"], "ACTIVE")
        self.assertEqual(described["RetentionPeriodHours"], 24)
        self.assertFalse(described["HasMoreShards"])
        self.assertEqual(described["EnhancedMonitoring"], [{"ShardLevelMetrics": []}])
        shards = described["Shards"]
        self.assertEqual([s["ShardId"] for s in shards], [f"shardId-{i:012d}" for i in range(3)])
        for shard in shards:
            self.assertNotIn("EndingSequenceNumber", shard["SequenceNumberRange"])
            self.assertNotIn("ParentShardId", shard)

        summary = self.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        self.assertEqual(summary["OpenShardCount"], 3)
        self.assertEqual(summary["StreamARN"], described["StreamARN"])
        self.assertEqual(summary["StreamCreationTimestamp"], described["StreamCreationTimestamp"])

        self.assertIn(name, self.kinesis.list_streams()["StreamNames"])
        delete_stream(self.kinesis, name)
        self.assertNotIn(name, self.kinesis.list_streams()["StreamNames"])

    def test_shards_share_the_hash_range_without_gap_or_overlap(self):
        name = self.stream(shards=7)
        shards = self.kinesis.list_shards(StreamName=name)["Shards"]
        start = 0
        sizes = []
        for shard in shards:
            low, high = (int(shard["HashKeyRange"][k]) for k in ("StartingHashKey", "EndingHashKey"))
            self.assertEqual(low, start)
            self.assertGreater(high, low)
            sizes.append(high - low + 1)
            start = high + 1
        self.assertEqual(start, 2**128)
        self.assertLessEqual(max(sizes[:-1]) - min(sizes[:-1]), 1)

    def test_the_states_of_a_stream(self):
        if ENDPOINT:
            self.skipTest("needs an emulator of its own")
        with Emulator(transition_ms=1500) as slow:
            client = slow.client()
            client.create_stream(StreamName="slow", ShardCount=1)
            described = client.describe_stream(StreamName="slow")["StreamDescription"]
            self.assertEqual((described["StreamStatus"], described["Shards"]), ("CREATING", []))
            with self.assertRaises(client.exceptions.ResourceNotFoundException):
                client.put_record(StreamName="slow", Data=b"x", PartitionKey="k")
            wait_active(client, "slow")
            client.delete_stream(StreamName="slow")
            described = client.describe_stream(StreamName="slow")["StreamDescription"]
            self.assertEqual(described["StreamStatus"], "DELETING")

            def gone():
                return client.list_streams()["StreamNames"] == []

            wait_until(gone, "the stream to be gone")
            client.create_stream(StreamName="slow", ShardCount=1)  # the name is free again

    def test_botocore_s_own_waiters(self):
        name = "test_botocore_s_own_waiters"
        quick = {"Delay": 1, "MaxAttempts": 30}
        self.kinesis.create_stream(StreamName=name, ShardCount=1)
        self.kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig=quick)
        self.kinesis.delete_stream(StreamName=name)
        self.kinesis.get_waiter("stream_not_exists").wait(StreamName=name, WaiterConfig=quick)

    @unittest.skipIf(ENDPOINT, "newer than the model that server was written for")
    def test_a_stream_is_found_by_arn(self):
        name = self.stream()
        arn = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{name}"
        found = self.kinesis.describe_stream_summary(StreamARN=arn)["StreamDescriptionSummary"]
        self.assertEqual(found["StreamName"], name)
        self.kinesis.put_record(StreamARN=arn, Data=b"by arn", PartitionKey="k")
        shards = self.kinesis.list_shards(StreamARN=arn)["Shards"]
        position = self.kinesis.get_shard_iterator(
            StreamARN=arn, ShardId=shards[0]["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        page = self.kinesis.get_records(ShardIterator=position, StreamARN=arn)
        self.assertEqual([r["Data"] for r in page["Records"]], [b"by arn"])

    @unittest.skipIf(ENDPOINT, "newer than the model that server was written for")
    def test_a_stream_on_demand_opens_four_shards(self):
        name = "test_on_demand"
        self.kinesis.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
        self.addCleanup(delete_stream, self.kinesis, name)
        wait_active(self.kinesis, name)
        summary = self.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        self.assertEqual(summary["StreamModeDetails"], {"StreamMode": "ON_DEMAND"})
        self.assertEqual(summary["OpenShardCount"], 4)


class Paging(ApiTest):
    def make(self, names):
        for name in names:
            self.kinesis.create_stream(StreamName=name, ShardCount=1)
            self.addCleanup(delete_stream, self.kinesis, name)
            wait_active(self.kinesis, name)  # at most five may be in CREATING

    def test_list_streams_by_exclusive_start_stream_name(self):
        names = [f"page-{i}" for i in range(7)]
        self.make(names)
        seen, start = [], {}
        while True:
            page = self.kinesis.list_streams(Limit=3, **start)
            self.assertLessEqual(len(page["StreamNames"]), 3)
            seen += page["StreamNames"]
            if not page["HasMoreStreams"]:
                break
            start = {"ExclusiveStartStreamName": page["StreamNames"][-1]}
        self.assertEqual([n for n in seen if n.startswith("page-")], names)
        self.assertEqual(seen, sorted(seen))

    @unittest.skipIf(ENDPOINT, "newer than the model that server was written for")
    def test_list_streams_by_the_paginator_which_uses_next_token(self):
        names = [f"token-{i}" for i in range(7)]
        self.make(names)
        pages = list(self.kinesis.get_paginator("list_streams").paginate(Limit=2))
        seen = [n for page in pages for n in page["StreamNames"]]
        self.assertEqual([n for n in seen if n.startswith("token-")], names)
        self.assertGreaterEqual(len(pages), 4)
        summaries = {s["StreamName"]: s for page in pages for s in page["StreamSummaries"]}
        self.assertEqual(summaries["token-3"]["StreamStatus"], "ACTIVE")
        self.assertTrue(summaries["token-3"]["StreamARN"].endswith(":stream/token-3"))

    def test_list_shards_by_next_token(self):
        name = self.stream(shards=10)
        page = self.kinesis.list_shards(StreamName=name, MaxResults=4)
        sizes, seen = [], []
        while True:
            sizes.append(len(page["Shards"]))
            seen += [s["ShardId"] for s in page["Shards"]]
            if "NextToken" not in page:
                break
            page = self.kinesis.list_shards(NextToken=page["NextToken"], MaxResults=4)
        self.assertEqual(seen, [f"shardId-{i:012d}" for i in range(10)])
        self.assertEqual(sizes, [4, 4, 2])

    def test_list_shards_after_a_shard(self):
        name = self.stream(shards=5)
        shards = self.kinesis.list_shards(
            StreamName=name, ExclusiveStartShardId="shardId-000000000002"
        )["Shards"]
        self.assertEqual([s["ShardId"][-1] for s in shards], ["3", "4"])

    def test_describe_stream_by_exclusive_start_shard_id(self):
        name = self.stream(shards=5)
        first = self.kinesis.describe_stream(StreamName=name, Limit=2)["StreamDescription"]
        self.assertEqual(len(first["Shards"]), 2)
        self.assertTrue(first["HasMoreShards"])
        pages = self.kinesis.get_paginator("describe_stream").paginate(StreamName=name, Limit=2)
        seen = [s["ShardId"] for p in pages for s in p["StreamDescription"]["Shards"]]
        self.assertEqual(seen, [f"shardId-{i:012d}" for i in range(5)])
        last = self.kinesis.describe_stream(
            StreamName=name, ExclusiveStartShardId="shardId-000000000003"
        )["StreamDescription"]
        self.assertEqual([s["ShardId"] for s in last["Shards"]], ["shardId-000000000004"])
        self.assertFalse(last["HasMoreShards"])


@unittest.skipIf(ENDPOINT, "needs accounts and regions")
class Tenants(ApiTest):
    def test_accounts_and_regions_are_kept_apart(self):
        from tests.e2e.support import kinesis

        here = self.kinesis
        other_account = kinesis(self.emulator.url, access_key="123456789012")
        other_region = kinesis(self.emulator.url, region="eu-west-1")
        for client, mark in ((here, b"here"), (other_account, b"account"), (other_region, b"region")):
            client.create_stream(StreamName="shared", ShardCount=1)
            wait_active(client, "shared")
            client.put_record(StreamName="shared", Data=mark, PartitionKey="k")
        for client, mark, arn in (
            (here, b"here", f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/shared"),
            (other_account, b"account", f"arn:aws:kinesis:{REGION}:123456789012:stream/shared"),
            (other_region, b"region", f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/shared"),
        ):
            described = client.describe_stream(StreamName="shared")["StreamDescription"]
            self.assertEqual(described["StreamARN"], arn)
            position = client.get_shard_iterator(
                StreamName="shared", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            records = client.get_records(ShardIterator=position)["Records"]
            self.assertEqual([r["Data"] for r in records], [mark])


if __name__ == "__main__":
    unittest.main()
