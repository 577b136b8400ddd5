"""Apache Flink in a JVM of its own, and streams beside it; what errand.py and parity.py share."""
import os
import pathlib
import queue
import subprocess
import sys
import threading
import time

import boto3

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = ("util", "lang", "time", "net", "io", "nio")  # Flink reaches into these of java.base
PATIENCE_S = 120


class Flink:
    """Runs SQL scripts one after another; `said` waits for a line of Run.java's."""

    def __init__(self, jars, scripts):
        opens = [f"--add-opens=java.base/java.{package}=ALL-UNNAMED" for package in PACKAGES]
        self.process = subprocess.Popen(
            ["java", "-Xmx700m", "-XX:TieredStopAtLevel=1", *opens, "-cp", f"{jars}/*", HERE / "Run.java", *scripts],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())
        self.lines.put(None)

    def said(self, word):
        """The next line, which begins with `word`; anything else ends the program."""
        try:
            line = self.lines.get(timeout=PATIENCE_S)
        except queue.Empty:
            sys.exit(f"Flink does not say '{word}' within {PATIENCE_S} s")
        if line is None or not line.startswith(word):
            sys.exit(f"Flink was to say '{word}', and says: {line}")
        return line

    def cancel(self):
        """Ends the job that runs."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.said("cancelled")

    def stop(self):
        self.process.kill()
        self.process.wait()


class Streams:
    """Streams of the emulator through boto3, whose calls are counted: the server sees them too."""

    def __init__(self, endpoint=None):
        self.calls = 0
        self.kinesis = boto3.client(
            "kinesis", endpoint_url=endpoint or os.environ["MILLRACE_ENDPOINT"], region_name="us-east-1",
            aws_access_key_id="test", aws_secret_access_key="test")
        self.kinesis.meta.events.register("before-send.kinesis.*", self._count)

    def _count(self, **_):
        self.calls += 1

    def create(self, name, shards=1):
        self.kinesis.create_stream(StreamName=name, ShardCount=shards)
        self.wait_active(name)

    def wait_active(self, name):
        wait(f"{name} is ACTIVE", lambda: self.kinesis.describe_stream_summary(StreamName=name)[
            "StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE")

    def shards(self, name):
        return self.kinesis.list_shards(StreamName=name)["Shards"]

    def open_shards(self, name):
        """Those that take records, by their place in the hash range."""
        found = [s for s in self.shards(name) if "EndingSequenceNumber" not in s["SequenceNumberRange"]]
        return sorted(found, key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))

    def put(self, name, records):
        """(key, bytes) each, in order, up to 500 in a call."""
        for at in range(0, len(records), 500):
            answer = self.kinesis.put_records(
                StreamName=name, Records=[{"PartitionKey": k, "Data": d} for k, d in records[at : at + 500]])
            assert answer["FailedRecordCount"] == 0, answer

    def reader(self, name):
        return Reader(self.kinesis, name)


class Reader:
    """Reads all shards of a stream from the start, again and again."""

    def __init__(self, kinesis, name):
        self.kinesis = kinesis
        self.records = []
        self.iterators = [
            kinesis.get_shard_iterator(StreamName=name, ShardId=s["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            for s in kinesis.list_shards(StreamName=name)["Shards"]]

    def more(self):
        """Reads what has come; True when there was something."""
        before = len(self.records)
        for at, iterator in enumerate(self.iterators):
            page = self.kinesis.get_records(ShardIterator=iterator)
            self.records += page["Records"]
            self.iterators[at] = page["NextShardIterator"]
        return len(self.records) > before


def wait(what, until, seconds=PATIENCE_S):
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            sys.exit(f"not within {seconds} s: {what}")
        time.sleep(0.1)


def version_of(jars):
    """Flink's and the connector's, by the jars that ran: "1.19.3+4.3.0-1.19"."""
    def of(artifact):
        return next(pathlib.Path(jars).glob(f"{artifact}-*.jar")).stem.removeprefix(f"{artifact}-")
    return f"{of('flink-clients')}+{of('flink-connector-kinesis')}"


def credentials(endpoint):
    """Options of every table, in the names of connector 4.x."""
    return (f"'connector' = 'kinesis', 'aws.region' = 'us-east-1', 'aws.endpoint' = '{endpoint}', "
            "'aws.credentials.provider' = 'BASIC', 'aws.credentials.basic.accesskeyid' = 'test', "
            "'aws.credentials.basic.secretkey' = 'test'")
