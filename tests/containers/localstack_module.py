"""The LocalStack module of testcontainers-python starts our image as it would LocalStack's.

Usage: localstack_module.py IMAGE. Needs testcontainers[localstack] and boto3. Ends with one line.
"""
import json
import sys
import time
import urllib.request

from testcontainers.localstack import LocalStackContainer

began = time.monotonic()
with LocalStackContainer(sys.argv[1], region_name="eu-west-1").with_services("kinesis") as container:
    took = time.monotonic() - began
    url = container.get_url()
    health = json.load(urllib.request.urlopen(f"{url}/_localstack/health", timeout=10))
    assert health["services"]["kinesis"] == "running", health
    client = container.get_client("kinesis")
    client.create_stream(StreamName="s", ShardCount=1)
    client.get_waiter("stream_exists").wait(StreamName="s", WaiterConfig={"Delay": 1})
    client.put_record(StreamName="s", PartitionKey="k", Data=b"hello")
    shard = client.list_shards(StreamName="s")["Shards"][0]["ShardId"]
    place = client.get_shard_iterator(StreamName="s", ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    records = client.get_records(ShardIterator=place)["Records"]
    assert [record["Data"] for record in records] == [b"hello"], records
    arn = client.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    assert ":eu-west-1:" in arn, arn
print(f"testcontainers-python, LocalStack module: started in {took:.1f} s, a record put and read")
