"""A life in which every operation succeeds, and shows every member its answers can have."""
import base64
import json
import time

from tests.e2e.support import advance_clock, raw, wait_until

ACCOUNT = "000000000000"
ARN = f"arn:aws:kinesis:us-east-1:{ACCOUNT}"
MIDDLE = str(2**127)
TAGS = {"team": "trading", "stage": "test"}


def data(text):
    return base64.b64encode(text.encode()).decode()


def put_limits(url, stream, limits):
    """Switches AWS's limits on or off for one stream."""
    body = json.dumps({"limits": limits})
    status, _, answer = raw(
        url, "", body, {"Content-Type": "application/json"}, method="PUT", path=f"/_millrace/api/streams/{stream}/limits"
    )
    if status != 200:
        raise AssertionError(f"the limits of {stream}: {status} {answer!r}")


class World:
    """live() calls every operation; `served` leaves out the groups whose operations are not all there yet."""

    def __init__(self, api, served):
        self.api = api
        self.served = served

    def live(self):
        self.streams()
        self.records()
        self.throttled()
        for group, needs in (
            (self.shards, "SplitShard MergeShards UpdateShardCount"),
            (self.consumers, "RegisterStreamConsumer DescribeStreamConsumer ListStreamConsumers DeregisterStreamConsumer"),
            (self.subscription, "SubscribeToShard SplitShard StartStreamEncryption"),
            (self.stream_tags, "AddTagsToStream RemoveTagsFromStream ListTagsForStream"),
            (self.tags, "TagResource UntagResource ListTagsForResource"),
            (self.policies, "PutResourcePolicy GetResourcePolicy DeleteResourcePolicy"),
            (self.monitoring, "EnableEnhancedMonitoring DisableEnhancedMonitoring"),
            (self.encryption, "StartStreamEncryption StopStreamEncryption"),
            (self.limits, "DescribeLimits UpdateMaxRecordSize"),
            (self.distribution, "UpdateStreamRecordDistributionStrategy"),
            (self.channels, "CreateChannel DescribeChannel ListChannels UpdateChannel DeleteChannel"),
            (
                self.queues,
                "CreateQueue DescribeQueue ListQueues UpdateQueue DeleteQueue ReceiveQueueRecords AcknowledgeQueueRecords"
                " UpdateQueueRecordsVisibility ReceiveDeadLetterQueueRecords AcknowledgeDeadLetterQueueRecords"
                " UpdateDeadLetterQueueRecordsVisibility RestoreDeadLetterQueueRecords",
            ),
            # Last: it moves the clock by a day.
            (self.capacity, "DescribeAccountSettings UpdateAccountSettings UpdateStreamMode UpdateStreamWarmThroughput"),
        ):
            if self.served.issuperset(needs.split()):
                group()

    # ---- helpers

    def summary(self, name):
        return self.api.ok("DescribeStreamSummary", StreamName=name)["StreamDescriptionSummary"]

    def active(self, name):
        wait_until(lambda: self.summary(name)["StreamStatus"] == "ACTIVE", f"{name} to become ACTIVE")

    def stream(self, name, **options):
        """Makes a stream; its ARN."""
        self.api.ok("CreateStream", StreamName=name, **(options or {"ShardCount": 2}))
        self.active(name)
        return f"{ARN}:stream/{name}"

    def on_demand(self, name, **options):
        return self.stream(name, StreamModeDetails={"StreamMode": "ON_DEMAND"}, **options)

    def put(self, name, count, **more):
        for i in range(count):
            self.api.ok("PutRecord", StreamName=name, Data=data(f"record {i}"), PartitionKey=f"key {i}", **more)

    def read_to_the_end(self, name, shard):
        """Reads a closed shard; its last page, the one with ChildShards."""
        position = self.api.ok("GetShardIterator", StreamName=name, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        for _ in range(100):
            page = self.api.ok("GetRecords", ShardIterator=position)
            if "NextShardIterator" not in page:
                return page
            position = page["NextShardIterator"]
        raise AssertionError(f"{shard} of {name} never ends")

    # ---- groups

    def streams(self):
        api = self.api
        for name in ("first", "second", "third"):
            self.stream(name)
        api.ok("ListStreams")
        page = api.ok("ListStreams", Limit=1)
        api.ok("ListStreams", NextToken=page["NextToken"], Limit=1)
        api.ok("DescribeStream", StreamARN=f"{ARN}:stream/first", Limit=1)
        page = api.ok("ListShards", StreamName="first", MaxResults=1)
        api.ok("ListShards", NextToken=page["NextToken"])
        api.ok("IncreaseStreamRetentionPeriod", StreamName="first", RetentionPeriodHours=48)
        api.ok("DecreaseStreamRetentionPeriod", StreamName="first", RetentionPeriodHours=24)
        api.ok("DeleteStream", StreamName="third")

    def records(self):
        api = self.api
        self.put("first", 5)
        api.ok("PutRecords", StreamName="first", Records=[{"Data": "eA==", "PartitionKey": "k", "ExplicitHashKey": "0"}])
        position = api.ok("GetShardIterator", StreamName="first", ShardId="0", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        page = api.ok("GetRecords", ShardIterator=position, Limit=1)
        api.ok("GetRecords", ShardIterator=page["NextShardIterator"])
        for operation, request in (
            ("PutRecord", {"StreamName": "first", "Data": "eA==", "PartitionKey": "k"}),
            ("PutRecords", {"StreamName": "first", "Records": [{"Data": "eA==", "PartitionKey": "k"}]}),
            ("GetShardIterator", {"StreamName": "first", "ShardId": "0", "ShardIteratorType": "LATEST"}),
            ("GetRecords", {"ShardIterator": page["NextShardIterator"]}),
        ):
            api.refused(operation, "DryRunOperationException", DryRun=True, **request)

    def throttled(self):
        """PutRecords whose entries fail one by one."""
        self.stream("throttled", ShardCount=1)
        put_limits(self.api.url, "throttled", "aws")
        for _ in range(10):
            answer = self.api.ok("PutRecords", StreamName="throttled", Records=[{"Data": "eA==", "PartitionKey": "k"}] * 500)
            if answer["FailedRecordCount"]:
                return
        raise AssertionError("5000 records in a second and AWS's limits let all pass")

    def shards(self):
        api = self.api
        self.stream("sharded", ShardCount=1)
        self.put("sharded", 3)
        api.ok("SplitShard", StreamName="sharded", ShardToSplit="shardId-000000000000", NewStartingHashKey=MIDDLE)
        self.active("sharded")
        api.ok(
            "MergeShards",
            StreamName="sharded",
            ShardToMerge="shardId-000000000001",
            AdjacentShardToMerge="shardId-000000000002",
        )
        self.active("sharded")
        api.ok("UpdateShardCount", StreamName="sharded", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
        self.active("sharded")
        api.ok("ListShards", StreamName="sharded")
        api.ok("DescribeStream", StreamName="sharded")
        self.read_to_the_end("sharded", "shardId-000000000000")
        self.read_to_the_end("sharded", "shardId-000000000001")

    def consumers(self):
        api = self.api
        arn = self.stream("consumed", ShardCount=1)
        for name in ("reader", "writer"):
            made = api.ok("RegisterStreamConsumer", StreamARN=arn, ConsumerName=name, Tags=TAGS)["Consumer"]

            def active(made=made):
                found = api.ok("DescribeStreamConsumer", ConsumerARN=made["ConsumerARN"])["ConsumerDescription"]
                return found["ConsumerStatus"] == "ACTIVE"

            wait_until(active, f"consumer {name} to become ACTIVE")
        api.ok("DescribeStreamConsumer", StreamARN=arn, ConsumerName="reader")
        page = api.ok("ListStreamConsumers", StreamARN=arn, MaxResults=1)
        api.ok("ListStreamConsumers", StreamARN=arn, NextToken=page["NextToken"])
        api.ok("DeregisterStreamConsumer", StreamARN=arn, ConsumerName="writer")

    def subscription(self):
        api = self.api
        arn = self.stream("subscribed", ShardCount=1)
        reader = api.ok("RegisterStreamConsumer", StreamARN=arn, ConsumerName="reader")["Consumer"]["ConsumerARN"]

        def active():
            found = api.ok("DescribeStreamConsumer", ConsumerARN=reader)["ConsumerDescription"]
            return found["ConsumerStatus"] == "ACTIVE"

        wait_until(active, "the consumer to become ACTIVE")
        self.api.ok("StartStreamEncryption", StreamName="subscribed", EncryptionType="KMS", KeyId="alias/aws/kinesis")
        self.active("subscribed")
        # Two events: together the records are too large for one.
        for key in ("a", "b"):
            self.api.ok("PutRecord", StreamName="subscribed", Data=data("x" * 700_000), PartitionKey=key)
        api.ok("SplitShard", StreamName="subscribed", ShardToSplit="0", NewStartingHashKey=MIDDLE)
        self.active("subscribed")
        # To the end of the closed shard, where the server ends the stream.
        events = api.subscribe(ConsumerARN=reader, ShardId="shardId-000000000000", StartingPosition={"Type": "TRIM_HORIZON"})
        assert sum(len(event["Records"]) for event in events) == 2, len(events)
        assert len(events[-1]["ChildShards"]) == 2, events
        api.refused(
            "SubscribeToShard",
            "DryRunOperationException",
            DryRun=True,
            ConsumerARN=reader,
            ShardId="shardId-000000000001",
            StartingPosition={"Type": "LATEST"},
        )

    def stream_tags(self):
        self.stream("labelled")
        self.api.ok("AddTagsToStream", StreamName="labelled", Tags=TAGS | {"empty": ""})
        self.api.ok("ListTagsForStream", StreamName="labelled", Limit=1)
        self.api.ok("RemoveTagsFromStream", StreamName="labelled", TagKeys=["team"])

    def tags(self):
        api = self.api
        arn = self.stream("tagged")
        api.ok("TagResource", ResourceARN=arn, Tags=TAGS)
        api.ok("ListTagsForResource", ResourceARN=arn)
        api.ok("UntagResource", ResourceARN=arn, TagKeys=["team"])

    def policies(self):
        arn = self.stream("guarded")
        self.api.ok("GetResourcePolicy", ResourceARN=arn)
        self.api.ok("PutResourcePolicy", ResourceARN=arn, Policy=self.policy(arn))
        self.api.ok("GetResourcePolicy", ResourceARN=arn)
        self.api.ok("DeleteResourcePolicy", ResourceARN=arn)

    @staticmethod
    def policy(arn):
        return (
            '{"Version":"2012-10-17","Statement":[{"Sid":"read","Effect":"Allow","Principal":{"AWS":"'
            + ACCOUNT
            + '"},"Action":["kinesis:DescribeStreamSummary","kinesis:GetRecords"],"Resource":"'
            + arn
            + '"}]}'
        )

    def monitoring(self):
        self.stream("watched")
        self.api.ok("EnableEnhancedMonitoring", StreamName="watched", ShardLevelMetrics=["IncomingBytes"])
        self.active("watched")
        self.api.ok("EnableEnhancedMonitoring", StreamName="watched", ShardLevelMetrics=["ALL"])
        self.active("watched")
        self.api.ok("DescribeStream", StreamName="watched")
        self.api.ok("DisableEnhancedMonitoring", StreamName="watched", ShardLevelMetrics=["OutgoingBytes"])
        self.active("watched")
        self.api.ok("DisableEnhancedMonitoring", StreamName="watched", ShardLevelMetrics=["ALL"])

    def encryption(self):
        self.stream("secret", ShardCount=1)
        key = {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
        self.api.ok("StartStreamEncryption", StreamName="secret", **key)
        self.active("secret")
        self.api.ok("DescribeStream", StreamName="secret")
        self.put("secret", 1)
        self.api.ok("PutRecords", StreamName="secret", Records=[{"Data": "eA==", "PartitionKey": "k"}])
        position = self.api.ok("GetShardIterator", StreamName="secret", ShardId="0", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        self.api.ok("GetRecords", ShardIterator=position)
        self.api.ok("StopStreamEncryption", StreamName="secret", **key)
        self.active("secret")

    def limits(self):
        self.api.ok("DescribeLimits")
        arn = self.stream("large")
        self.api.ok("UpdateMaxRecordSize", StreamARN=arn, MaxRecordSizeInKiB=10240)
        self.active("large")

    def capacity(self):
        api = self.api
        api.ok("DescribeAccountSettings")
        api.ok("UpdateAccountSettings", MinimumThroughputBillingCommitment={"Status": "ENABLED"})
        api.ok("DescribeAccountSettings")
        arn = self.stream("moved")
        api.ok("UpdateStreamMode", StreamARN=arn, StreamModeDetails={"StreamMode": "ON_DEMAND"})
        self.active("moved")
        api.ok("UpdateStreamWarmThroughput", StreamARN=arn, WarmThroughputMiBps=20)
        self.active("moved")
        self.summary("moved")
        api.ok("UpdateStreamWarmThroughput", StreamName="moved", WarmThroughputMiBps=0)
        self.active("moved")
        # The commitment lasts a day at least.
        api.ok("UpdateAccountSettings", MinimumThroughputBillingCommitment={"Status": "DISABLED"})
        advance_clock(api, 24 * 3_600_000 + 1000)
        api.ok("DescribeAccountSettings")
        api.ok("UpdateAccountSettings", MinimumThroughputBillingCommitment={"Status": "DISABLED"})

    def distribution(self):
        arn = self.on_demand("spread")
        self.api.ok("UpdateStreamRecordDistributionStrategy", StreamARN=arn, RecordDistributionStrategy="AUTO")
        self.active("spread")
        self.api.ok("PutRecord", StreamName="spread", Data="eA==")

    def channels(self):
        api = self.api
        role = f"arn:aws:iam::{ACCOUNT}:role/deliver"
        bucket = {"BucketARN": "arn:aws:s3:::audited-bucket", "ExpectedBucketOwner": ACCOUNT}
        made = []
        for name in ("files", "rows"):
            arn = self.on_demand(f"to-{name}")
            made.append(
                api.ok(
                    "CreateChannel",
                    ChannelName=name,
                    ServiceExecutionRoleARN=role,
                    StreamConfigurationList=[{"StreamARN": arn, "RecordConfiguration": {"RecordFormatType": "JSON"}}],
                    S3DestinationConfiguration={
                        "StorageConfiguration": {**bucket, "CompressionType": "GZIP", "OutputKeyTemplate": "out/!{yyyy}!{extension}", "StorageClass": "STANDARD"},
                        "DeadLetterQueueS3Configuration": {**bucket, "ErrorOutputPrefix": "errors/"},
                        "DataFreshnessInSeconds": 300,
                    },
                    EncryptionConfiguration={"EncryptionType": "KMS", "KeyId": "alias/audited"},
                    Tags=TAGS,
                    LoggingConfiguration={"CloudWatchLogs": {"Enabled": True, "LogGroupName": "group", "LogStreamName": "stream"}},
                )["ChannelDescription"]["ChannelARN"]
            )

        def settled():
            states = [api.ok("DescribeChannel", ChannelARN=arn)["ChannelDescription"]["ChannelStatus"] for arn in made]
            return states == ["ACTIVE", "ACTIVE"]

        wait_until(settled, "the channels to become ACTIVE")
        page = api.ok("ListChannels", MaxResults=1)
        api.ok("ListChannels", NextToken=page["NextToken"])
        api.ok("ListChannels", StreamFilter=[{"StreamARN": f"{ARN}:stream/to-files"}])
        api.ok(
            "UpdateChannel",
            ChannelARN=made[0],
            S3DestinationConfiguration={"DataFreshnessInSeconds": 600},
            LoggingConfiguration={"CloudWatchLogs": {"Enabled": False}},
        )
        wait_until(settled, "the channel to be updated")
        self.tables(role, bucket)
        self.summary("to-files")
        api.ok("DeleteChannel", ChannelARN=made[1])

    def tables(self, role, bucket):
        """A channel to S3 Tables: taken and described, then FAILED with a reason."""
        stream = self.on_demand("to-tables")
        schema = f"arn:aws:glue:us-east-1:{ACCOUNT}:schema/registry/name"
        table = {
            "TableBucketARN": f"arn:aws:s3tables:us-east-1:{ACCOUNT}:bucket/tables",
            "Namespace": "market",
            "TableName": "trades",
            "CompressionType": "ZSTD",
            "PartitionSpec": {"PartitionFields": [{"Transform": "TIME_HOUR", "SourceName": "event_time"}]},
        }
        arn = self.api.ok(
            "CreateChannel",
            ChannelName="tables",
            ServiceExecutionRoleARN=role,
            StreamConfigurationList=[
                {"StreamARN": stream, "RecordConfiguration": {"RecordFormatType": "GSR_JSON", "GSRSchemaARN": schema}}
            ],
            S3TablesDestinationConfiguration={
                "S3TablesConfigurationList": [table],
                "DeadLetterQueueS3Configuration": {**bucket, "ErrorOutputPrefix": "errors/"},
            },
        )["ChannelDescription"]["ChannelARN"]

        def failed():
            return self.api.ok("DescribeChannel", ChannelARN=arn)["ChannelDescription"]["ChannelStatus"] == "FAILED"

        wait_until(failed, "the channel to S3 Tables to be FAILED")
        self.api.ok("ListChannels")

    def queues(self):
        api = self.api
        arn = self.on_demand("queued")
        queues = []
        for name in ("work", "rest"):
            queues.append(
                api.ok(
                    "CreateQueue",
                    QueueName=name,
                    StreamConfigurationList=[
                        {"StreamARN": arn, "StartingPosition": {"Type": "AT_TIMESTAMP", "Timestamp": int(time.time()) - 3600}}
                    ],
                    QueueAttributes={
                        "VisibilityTimeoutSeconds": 0,
                        "DeadLetterConfiguration": {"TargetType": "BUILT_IN", "MaxReceiveCount": 1},
                    },
                    Tags=TAGS,
                )["QueueDescription"]["QueueARN"]
            )

        def active():
            states = [api.ok("DescribeQueue", QueueARN=one)["QueueDescription"]["QueueStatus"] for one in queues]
            return states == ["ACTIVE", "ACTIVE"]

        wait_until(active, "the queues to become ACTIVE")
        page = api.ok("ListQueues", MaxResults=1)
        api.ok("ListQueues", NextToken=page["NextToken"])
        self.put("queued", 6)
        work = queues[0]

        def handles(operation, **more):
            found = []

            def enough():
                found.extend(api.ok(operation, QueueARN=work, WaitTimeSeconds=1, **more)["QueueRecords"])
                return found

            wait_until(enough, f"{operation} to give records")
            return [record["ReceiptHandle"] for record in found]

        def entries(some, **more):
            return [{"ReceiptHandle": handle, **more} for handle in some]

        # Held for a while: acknowledged, given back at once, and a handle that is none.
        held = handles("ReceiveQueueRecords", Limit=4, VisibilityTimeoutSeconds=600)
        api.ok("AcknowledgeQueueRecords", QueueARN=work, Entries=entries(held[:1] + ["no handle"]))
        api.ok("UpdateQueueRecordsVisibility", QueueARN=work, Entries=entries(held[1:] + ["no handle"], VisibilityTimeoutSeconds=0))
        # What was received as often as it may is a dead letter.
        dead = handles("ReceiveDeadLetterQueueRecords", VisibilityTimeoutSeconds=600)
        api.ok(
            "UpdateDeadLetterQueueRecordsVisibility",
            QueueARN=work,
            Entries=entries(dead[:1] + ["no handle"], VisibilityTimeoutSeconds=600),
        )
        api.ok("RestoreDeadLetterQueueRecords", QueueARN=work, Entries=entries(dead[:1] + ["no handle"]))
        api.ok("UpdateQueue", QueueARN=work, QueueAttributes={"VisibilityTimeoutSeconds": 0})
        wait_until(active, "the queue to be updated")
        handles("ReceiveQueueRecords")
        dead = handles("ReceiveDeadLetterQueueRecords", VisibilityTimeoutSeconds=600)
        api.ok("AcknowledgeDeadLetterQueueRecords", QueueARN=work, Entries=entries(dead[:1] + ["no handle"]))
        self.summary("queued")
        api.ok("DeleteQueue", QueueARN=queues[1])
