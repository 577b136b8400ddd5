"""Everything that every operation leaves behind is the same after a restart: after SIGTERM and after SIGKILL."""
import unittest

from tests.audit.api import Api
from tests.audit.test_audit import served
from tests.audit.world import World
from tests.e2e.support import Emulator, temporary_directory


class Restart(unittest.TestCase):
    maxDiff = 20_000

    def snapshot(self):
        """What the operations that change nothing answer, of all there is."""
        api, seen = self.api, {}

        def look(operation, key=(), **request):
            if operation in self.served:
                seen[operation, key] = api.ok(operation, **request)
            return seen.get((operation, key), {})

        resources = []
        look("DescribeLimits")
        look("DescribeAccountSettings")
        names = look("ListStreams")["StreamNames"]
        for name in names:
            described = look("DescribeStreamSummary", name, StreamName=name)["StreamDescriptionSummary"]
            arn = described["StreamARN"]
            resources.append(arn)
            look("DescribeStream", name, StreamName=name)
            look("ListTagsForStream", name, StreamName=name)
            for shard in look("ListShards", name, StreamName=name)["Shards"]:
                position = api.ok(
                    "GetShardIterator", StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
                )["ShardIterator"]
                page = look("GetRecords", (name, shard["ShardId"]), ShardIterator=position)
                page.pop("NextShardIterator", None)  # no two are alike
                page["MillisBehindLatest"] = 0
            for consumer in look("ListStreamConsumers", name, StreamARN=arn).get("Consumers", ()):
                resources.append(consumer["ConsumerARN"])
                look("DescribeStreamConsumer", consumer["ConsumerARN"], ConsumerARN=consumer["ConsumerARN"])
        for channel in look("ListChannels").get("ChannelSummaries", ()):
            resources.append(channel["ChannelARN"])
            look("DescribeChannel", channel["ChannelARN"], ChannelARN=channel["ChannelARN"])
        for queue in look("ListQueues").get("QueueSummaries", ()):
            resources.append(queue["QueueARN"])
            look("DescribeQueue", queue["QueueARN"], QueueARN=queue["QueueARN"])
        for arn in resources:
            look("ListTagsForResource", arn, ResourceARN=arn)
            if ":channel/" not in arn:  # channels have no policies
                look("GetResourcePolicy", arn, ResourceARN=arn)
        return seen

    def connect(self):
        self.api = Api(self.emulator.url)
        self.addCleanup(self.api.close)

    def test_everything_is_as_it_was(self):
        self.served = set(served())
        folder = temporary_directory(self)
        with Emulator(folder, transition_ms=0) as self.emulator:
            self.connect()
            World(self.api, self.served).live()
            before = self.snapshot()
            looked = {operation for operation, _ in before}
            reading = {name for name in self.served if name.startswith(("List", "Describe"))}
            self.assertEqual(sorted(reading - looked), [])
            for kill in (False, True):
                self.emulator.restart(kill=kill)
                self.connect()
                after = self.snapshot()
                self.assertEqual(sorted(after, key=str), sorted(before, key=str))
                for key, answer in before.items():
                    self.assertEqual(after[key], answer, f"{key}, {'killed' if kill else 'ended'}")


if __name__ == "__main__":
    unittest.main()
