"""Programs people have already, pointed here by nothing but the standard environment variables:
a boto3 script in the manner of the published trade generator, and the AWS CLI's reading chain."""
import base64
import json
import pathlib
import re
import subprocess
import sys
import unittest

from tests.e2e.support import ENDPOINT, PATIENCE_S, ApiTest, aws_environment, read_shard

# The shape of the published generator: a client made without any argument, one PutRecord per trade,
# five random tickers a round, a constant partition key. Only the number of rounds and the pause are smaller.
GENERATOR = """
import datetime, json, random, sys
import boto3

stream, rounds = sys.argv[1], int(sys.argv[2])
kinesis = boto3.client('kinesis')
tickers = ['AMZN', 'GOOG', 'AZRE', 'ORCL', 'BABA']
for _ in range(rounds):
    for _ in tickers:
        trade = {
            'EVENT_TIME': datetime.datetime.now().isoformat(),
            'TICKER': random.choice(tickers),
            'PRICE': round(random.random() * 100, 2),
        }
        data = json.dumps(trade)
        kinesis.put_record(StreamName=stream, Data=data, PartitionKey='partitionkey')
        print(data)
"""


class PublishedGenerator(ApiTest):
    def test_a_client_without_arguments_finds_the_emulator_by_aws_endpoint_url(self):
        name = self.stream()
        done = subprocess.run(
            [sys.executable, "-c", GENERATOR, name, "20"],
            env=aws_environment(self.emulator.url),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S * 2,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        sent = done.stdout.splitlines()
        self.assertEqual(len(sent), 100)
        records = read_shard(self.kinesis, name)
        self.assertEqual([r["Data"].decode() for r in records], sent)
        self.assertEqual({r["PartitionKey"] for r in records}, {"partitionkey"})


class CommandLine(ApiTest):
    def aws(self, *arguments, fails=False):
        done = subprocess.run(
            [pathlib.Path(sys.executable).with_name("aws"), "kinesis", *arguments, "--output", "json"],
            env=aws_environment(self.emulator.url),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S * 2,
        )
        if fails:
            self.assertNotEqual(done.returncode, 0)
            return done.stderr
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def test_list_shards_get_shard_iterator_get_records(self):
        name = self.stream()
        put = self.aws("put-record", "--stream-name", name, "--partition-key", "0", "--data", "caf\u00e9 1")
        self.aws("put-record", "--stream-name", name, "--partition-key", "0", "--data", "second")
        shard = self.aws("list-shards", "--stream-name", name)["Shards"][0]["ShardId"]
        self.assertEqual(shard, put["ShardId"])
        position = self.aws(
            *("get-shard-iterator", "--stream-name", name, "--shard-id", shard),
            *("--shard-iterator-type", "TRIM_HORIZON"),
        )["ShardIterator"]
        page = self.aws("get-records", "--shard-iterator", position)
        self.assertEqual(
            [base64.b64decode(r["Data"]).decode() for r in page["Records"]], ["caf\u00e9 1", "second"]
        )
        self.assertEqual(page["Records"][0]["SequenceNumber"], put["SequenceNumber"])
        self.assertEqual(page["MillisBehindLatest"], 0)

        position = self.aws(
            *("get-shard-iterator", "--stream-name", name, "--shard-id", shard, "--shard-iterator-type", "LATEST")
        )["ShardIterator"]
        self.kinesis.put_record(StreamName=name, Data=b"third", PartitionKey="0")
        page = self.aws("get-records", "--shard-iterator", position)
        self.assertEqual([base64.b64decode(r["Data"]) for r in page["Records"]], [b"third"])

    @unittest.skipIf(ENDPOINT, "waits for that server's transitions otherwise")
    def test_create_wait_describe_delete(self):
        self.aws("create-stream", "--stream-name", "by-cli", "--shard-count", "2")
        self.aws("wait", "stream-exists", "--stream-name", "by-cli")
        listed = self.aws("list-streams")["StreamNames"]
        self.assertIn("by-cli", listed)
        described = self.aws("describe-stream", "--stream-name", "by-cli")["StreamDescription"]
        self.assertEqual(len(described["Shards"]), 2)
        self.aws("delete-stream", "--stream-name", "by-cli")

    def test_an_error_is_shown_in_aws_s_words(self):
        said = self.aws("describe-stream", "--stream-name", "nosuch", fails=True)
        self.assertIsNotNone(
            re.search(
                r"An error occurred \(ResourceNotFoundException\) when calling the DescribeStream operation: "
                r"Stream nosuch under account \d{12} not found\.",
                said,
            ),
            said,
        )


if __name__ == "__main__":
    unittest.main()
