"""The AWS CLI on the errand that every client runs, as a shell would call it; see ../README.md."""
import base64
import json
import os
import subprocess
import sys
import threading
import time

endpoint, stream = os.environ["MILLRACE_ENDPOINT"], os.environ["MILLRACE_STREAM"]
aws = os.path.join(os.path.dirname(sys.executable), "aws")
settings = os.environ | {
    "AWS_ENDPOINT_URL_KINESIS": endpoint, "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def run(*words, fails=None):
    done = subprocess.run([aws, "kinesis", *words, "--output", "json"], env=settings, text=True,
                          capture_output=True, timeout=60)
    if fails:
        assert done.returncode != 0 and fails in done.stderr, done.stderr
        return None
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else None


def wait_active():
    while run("describe-stream-summary", "--stream-name", stream)[
            "StreamDescriptionSummary"]["StreamStatus"] != "ACTIVE":
        time.sleep(0.1)


def put(first, count):
    records = [{"Data": str(i), "PartitionKey": f"key-{i % 10}"} for i in range(first, first + count)]
    answer = run("put-records", "--stream-name", stream, "--records", json.dumps(records))
    assert answer["FailedRecordCount"] == 0, answer


run("create-stream", "--stream-name", stream, "--shard-count", "2")
wait_active()
put(0, 100)
run("put-record", "--stream-name", stream, "--partition-key", "key-0", "--data", "100")
run("describe-stream-summary", "--stream-name", "no-such-stream",
    fails="Stream no-such-stream under account 000000000000 not found.")

parent = run("list-shards", "--stream-name", stream)["Shards"][0]
middle = int(parent["HashKeyRange"]["EndingHashKey"]) // 2
putter = threading.Thread(target=put, args=(101, 200))
putter.start()
run("split-shard", "--stream-name", stream, "--shard-to-split", parent["ShardId"],
    "--new-starting-hash-key", str(middle))
putter.join()
wait_active()
put(301, 100)

shards = run("list-shards", "--stream-name", stream)["Shards"]
assert len(shards) == 4, shards
found, last = 0, {}
for shard in shards:  # parents come before their children
    iterator = run("get-shard-iterator", "--stream-name", stream, "--shard-id", shard["ShardId"],
                   "--shard-iterator-type", "TRIM_HORIZON")["ShardIterator"]
    while iterator:
        page = run("get-records", "--shard-iterator", iterator)
        for record in page["Records"]:
            number = int(base64.b64decode(record["Data"]))
            assert last.get(record["PartitionKey"], -1) < number, "out of order"
            last[record["PartitionKey"]] = number
        found += len(page["Records"])
        iterator = page.get("NextShardIterator")
        if iterator is None:
            assert page["ChildShards"] and shard["ShardId"] == parent["ShardId"], page
        elif page["MillisBehindLatest"] == 0:
            break
assert found == 401, found
run("delete-stream", "--stream-name", stream)
version = subprocess.run([aws, "--version"], text=True, capture_output=True).stdout.split()[0]
print(json.dumps({"version": version.removeprefix("aws-cli/"), "records": found}))
