"""The AWS CLI on the errand that every client runs, as a shell would call it; see ../README.md."""
import base64
import json
import os
import subprocess
import sys
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


run("create-stream", "--stream-name", stream, "--shard-count", "2")
while run("describe-stream-summary", "--stream-name", stream)[
        "StreamDescriptionSummary"]["StreamStatus"] != "ACTIVE":
    time.sleep(0.1)
records = json.dumps([{"Data": str(i), "PartitionKey": f"key-{i % 10}"} for i in range(100)])
assert run("put-records", "--stream-name", stream, "--records", records)["FailedRecordCount"] == 0
run("put-record", "--stream-name", stream, "--partition-key", "key-0", "--data", "100")
run("describe-stream-summary", "--stream-name", "no-such-stream",
    fails="Stream no-such-stream under account 000000000000 not found.")
found = 0
for shard in run("list-shards", "--stream-name", stream)["Shards"]:
    iterator = run("get-shard-iterator", "--stream-name", stream, "--shard-id", shard["ShardId"],
                   "--shard-iterator-type", "TRIM_HORIZON")["ShardIterator"]
    page = run("get-records", "--shard-iterator", iterator)
    numbers = [int(base64.b64decode(r["Data"])) for r in page["Records"]]
    assert numbers == sorted(numbers), "out of order"
    found += len(numbers)
assert found == 101, found
run("delete-stream", "--stream-name", stream)
version = subprocess.run([aws, "--version"], text=True, capture_output=True).stdout.split()[0]
print(json.dumps({"version": version.removeprefix("aws-cli/"), "records": found}))
