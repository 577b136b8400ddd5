"""Resharding under load: nothing is lost, nothing comes twice, keys keep their order, also over a kill."""
import threading
import unittest

from tests.e2e.support import ENDPOINT, ApiTest, Emulator, iterator, temporary_directory, wait_active

MIDDLE = 2**127


def open_shards(client, name):
    shards = client.list_shards(StreamName=name, ShardFilter={"Type": "AT_LATEST"})["Shards"]
    return sorted(shards, key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))


def split(client, name, shard):
    low, high = (int(shard["HashKeyRange"][edge]) for edge in ("StartingHashKey", "EndingHashKey"))
    client.split_shard(StreamName=name, ShardToSplit=shard["ShardId"], NewStartingHashKey=str((low + high + 1) // 2))


def merge(client, name, low, high):
    client.merge_shards(StreamName=name, ShardToMerge=low["ShardId"], AdjacentShardToMerge=high["ShardId"])


def follow(client, name):
    """All records, each shard before its children, the way consumers go: by ChildShards alone."""
    found, seen = [], set()
    waiting = [shard["ShardId"] for shard in client.list_shards(StreamName=name)["Shards"] if "ParentShardId" not in shard]
    ends = set()
    while waiting:
        shard = waiting.pop(0)
        seen.add(shard)
        place = iterator(client, name, shard)
        while place is not None:
            page = client.get_records(ShardIterator=place, Limit=37)
            found += page["Records"]
            place = page.get("NextShardIterator")
            if place is not None and not page["Records"] and page["MillisBehindLatest"] == 0:
                break
        else:
            ends.add(shard)
            for child in page["ChildShards"]:
                # A child of two is read when both have ended.
                if child["ShardId"] not in seen and ends.issuperset(child["ParentShards"]):
                    seen.add(child["ShardId"])
                    waiting.append(child["ShardId"])
    return found


class Writer(threading.Thread):
    """Puts numbered records under a few keys until told to stop; what was acknowledged, in order."""

    def __init__(self, client, name, tag):
        super().__init__()
        self.client, self.name_of_stream, self.tag = client, name, tag
        self.acknowledged = {}
        self.failed = None
        self.done = threading.Event()

    def run(self):
        number = 0
        try:
            while not self.done.is_set():
                records = []
                for _ in range(5):
                    key = f"{self.tag}-{number % 7}"
                    records.append({"Data": b"%d" % number, "PartitionKey": key})
                    number += 1
                answer = self.client.put_records(StreamName=self.name_of_stream, Records=records)
                assert answer["FailedRecordCount"] == 0, answer
                for record in records:
                    self.acknowledged.setdefault(record["PartitionKey"], []).append(record["Data"])
        except Exception as error:  # told by the test
            self.failed = error

    def finish(self):
        self.done.set()
        self.join()
        if self.failed is not None:
            raise self.failed


def by_key(records):
    keys = {}
    for record in records:
        keys.setdefault(record["PartitionKey"], []).append(record["Data"])
    return keys


@unittest.skipIf(ENDPOINT, "starts its own emulator")
class UnderLoad(ApiTest):
    def test_writers_go_on_while_shards_come_and_go(self):
        name = self.stream(2)
        writers = [Writer(self.emulator.client(), name, tag) for tag in ("a", "b")]
        for writer in writers:
            writer.start()
        try:
            for turn in range(6):
                shards = open_shards(self.kinesis, name)
                if turn % 3 == 0:
                    split(self.kinesis, name, shards[turn % len(shards)])
                elif turn % 3 == 1:
                    merge(self.kinesis, name, *shards[:2])
                else:
                    self.kinesis.update_shard_count(
                        StreamName=name, TargetShardCount=len(shards) + 1, ScalingType="UNIFORM_SCALING"
                    )
                wait_active(self.kinesis, name)
        finally:
            for writer in writers:
                writer.finish()
        wanted = writers[0].acknowledged | writers[1].acknowledged
        self.assertGreater(sum(map(len, wanted.values())), 100)
        self.assertEqual(by_key(follow(self.kinesis, name)), wanted)

    def test_lists_name_every_shard_once(self):
        name = self.stream(4)
        answer = self.kinesis.update_shard_count(StreamName=name, TargetShardCount=5, ScalingType="UNIFORM_SCALING")
        self.assertEqual((answer["CurrentShardCount"], answer["TargetShardCount"]), (4, 5))
        wait_active(self.kinesis, name)
        # By hand: botocore's paginator sends StreamName along with NextToken, which AWS refuses.
        listed, more = [], {"StreamName": name}
        while more:
            page = self.kinesis.list_shards(MaxResults=4, **more)
            listed += [shard["ShardId"] for shard in page["Shards"]]
            more = {"NextToken": page["NextToken"]} if "NextToken" in page else None
        pages = self.kinesis.get_paginator("describe_stream").paginate(StreamName=name, PaginationConfig={"PageSize": 4})
        described = [shard["ShardId"] for page in pages for shard in page["StreamDescription"]["Shards"]]
        self.assertEqual(listed, [f"shardId-{number:012d}" for number in range(15)])
        self.assertEqual(described, listed)


@unittest.skipIf(ENDPOINT, "starts its own emulator")
class OverAKill(unittest.TestCase):
    def test_shards_records_and_counted_calls_survive(self):
        with Emulator(temporary_directory(self)) as emulator:
            client = emulator.client()
            client.create_stream(StreamName="kept", ShardCount=2)
            wait_active(client, "kept")
            sent = {}
            for turn in range(10):
                for i in range(20):
                    client.put_record(StreamName="kept", Data=b"%d-%d" % (turn, i), PartitionKey=f"k{i % 5}")
                    sent.setdefault(f"k{i % 5}", []).append(b"%d-%d" % (turn, i))
                client.update_shard_count(StreamName="kept", TargetShardCount=3 - turn % 2, ScalingType="UNIFORM_SCALING")
                wait_active(client, "kept")
            before = client.list_shards(StreamName="kept")["Shards"]
            emulator.restart(kill=True)
            client = emulator.client()
            self.assertEqual(client.list_shards(StreamName="kept")["Shards"], before)
            self.assertEqual(by_key(follow(client, "kept")), sent)
            with self.assertRaises(client.exceptions.LimitExceededException):
                client.update_shard_count(StreamName="kept", TargetShardCount=2, ScalingType="UNIFORM_SCALING")


if __name__ == "__main__":
    unittest.main()
