"""boto3 on the errand that every client runs; see ../README.md."""
import json
import os
import threading
import time

import boto3
from botocore.exceptions import ClientError

endpoint, stream = os.environ["MILLRACE_ENDPOINT"], os.environ["MILLRACE_STREAM"]
kinesis = boto3.client(
    "kinesis", endpoint_url=endpoint, region_name="us-east-1",
    aws_access_key_id="test", aws_secret_access_key="test", verify=os.environ.get("MILLRACE_CA"))


def wait_active():
    kinesis.get_waiter("stream_exists").wait(
        StreamName=stream, WaiterConfig={"Delay": 1, "MaxAttempts": 30})


sent = 0


def put(count):
    """Batches of 50, numbered along each key."""
    global sent
    for _ in range(0, count, 50):
        entries = [{"Data": str(sent + i).encode(), "PartitionKey": f"key-{(sent + i) % 10}"}
                   for i in range(50)]
        answer = kinesis.put_records(StreamName=stream, Records=entries)
        assert answer["FailedRecordCount"] == 0, answer
        sent += 50


kinesis.create_stream(StreamName=stream, ShardCount=2)
wait_active()
kinesis.put_record(StreamName=stream, Data=b"first", PartitionKey="single")
put(200)
try:
    kinesis.describe_stream_summary(StreamName="no-such-stream")
    raise SystemExit("an unknown stream was described")
except ClientError as error:
    assert error.response["Error"]["Code"] == "ResourceNotFoundException", error
    assert error.response["Error"]["Message"] == \
        "Stream no-such-stream under account 000000000000 not found.", error

parent = kinesis.list_shards(StreamName=stream)["Shards"][0]
middle = int(parent["HashKeyRange"]["EndingHashKey"]) // 2
putter = threading.Thread(target=put, args=(200,))
putter.start()
kinesis.split_shard(StreamName=stream, ShardToSplit=parent["ShardId"],
                    NewStartingHashKey=str(middle))
putter.join()
wait_active()
put(100)

shards = kinesis.list_shards(StreamName=stream)["Shards"]
assert len(shards) == 4, shards
done, last, found = set(), {}, 0
pending = list(shards)
while pending:
    # A child is read when its parents have been read to their ends.
    shard = next(s for s in pending if s.get("ParentShardId") not in {p["ShardId"] for p in pending})
    pending.remove(shard)
    iterator = kinesis.get_shard_iterator(
        StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    while iterator:
        page = kinesis.get_records(ShardIterator=iterator, Limit=100)
        for record in page["Records"]:
            found += 1
            if record["PartitionKey"] == "single":
                continue
            number = int(record["Data"])
            assert last.get(record["PartitionKey"], -1) < number, "out of order"
            last[record["PartitionKey"]] = number
        iterator = page.get("NextShardIterator")
        if iterator is None:
            assert page["ChildShards"], page
        elif page["MillisBehindLatest"] == 0 and not page["Records"]:
            break
        time.sleep(float(os.environ.get("MILLRACE_PAUSE", "0")))
assert found == sent + 1, (found, sent)

arn = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamARN"]
consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="fan-out")["Consumer"]
while kinesis.describe_stream_consumer(ConsumerARN=consumer["ConsumerARN"])[
        "ConsumerDescription"]["ConsumerStatus"] != "ACTIVE":
    time.sleep(0.1)
pushed = 0
for shard in shards:
    events = kinesis.subscribe_to_shard(
        ConsumerARN=consumer["ConsumerARN"], ShardId=shard["ShardId"],
        StartingPosition={"Type": "TRIM_HORIZON"})["EventStream"]
    for event in events:
        event = event["SubscribeToShardEvent"]
        pushed += len(event["Records"])
        if event.get("ChildShards") or event["MillisBehindLatest"] == 0:
            break
    events.close()
assert pushed == found, (pushed, found)
kinesis.delete_stream(StreamName=stream, EnforceConsumerDeletion=True)
print(json.dumps({"version": boto3.__version__, "records": found, "pushed": pushed}))
