"""The runtime's source by enhanced fan-out: registered consumers, subscriptions, and what befalls them."""
import json
import signal
import time
import unittest

from botocore.exceptions import ClientError

from tests.e2e.support import (
    ACCOUNT,
    BIN,
    PATIENCE_S,
    REGION,
    Emulator,
    Program,
    aws_environment,
    delete_stream,
    read_stream,
    shard_ids,
    temporary_directory,
    wait_active,
    wait_until,
)

IN, OUT, CONSUMER = "fan-in", "fan-out", "millrace-test"
ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{IN}"
NEW = f"'stream.arn' = '{ARN}', 'source.init.position' = '{{start}}', 'source.reader.type' = 'EFO', " \
      f"'source.efo.consumer.name' = '{CONSUMER}', 'source.shard.discovery.interval' = '1 s'"
OLD = f"'stream' = '{IN}', 'scan.stream.initpos' = '{{start}}', 'scan.stream.recordpublisher' = 'EFO', " \
      f"'scan.stream.efo.consumername' = '{CONSUMER}', 'scan.shard.discovery.intervalmillis' = '1000'"
JOB = """CREATE TABLE s (k STRING, n BIGINT) WITH ('connector' = 'kinesis', 'aws.region' = '{region}', {source},
  'format' = 'json');
CREATE TABLE t (k STRING, n BIGINT) PARTITIONED BY (k) WITH ('connector' = 'kinesis', 'aws.region' = '{region}',
  {sink}, 'sink.flush-buffer.timeout' = '100', 'format' = 'json');
INSERT INTO t SELECT k, n FROM s;
"""


class FanOut(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        self.emulator = Emulator(temporary_directory(self))
        self.addCleanup(lambda: self.emulator.__exit__(None, None, None))
        self.kinesis = self.emulator.client()
        self.put_count = 0

    def streams(self, shards):
        for name, count in ((IN, shards), (OUT, 1)):
            self.kinesis.create_stream(StreamName=name, ShardCount=count)
            wait_active(self.kinesis, name)

    def run_job(self, source, *arguments, start="TRIM_HORIZON"):
        sink = f"'stream' = '{OUT}'" if source is OLD else f"'stream.arn' = '{ARN[:-len(IN)]}{OUT}'"
        path = temporary_directory(self) / "job.sql"
        path.write_text(JOB.format(region=REGION, source=source.format(start=start), sink=sink))
        running = Program([BIN / "millrace-runtime", "run", path, *arguments],
                          env=aws_environment(self.emulator.url))
        self.addCleanup(running.__exit__, None, None, None)
        return running

    def put(self, count):
        """Numbered rows under 20 keys."""
        for _ in range(0, count, 100):
            rows = [{"k": f"k{n % 20}", "n": n} for n in range(self.put_count, self.put_count + 100)]
            records = [{"Data": json.dumps(row), "PartitionKey": row["k"]} for row in rows]
            answer = self.kinesis.put_records(StreamName=IN, Records=records)
            self.assertEqual(answer["FailedRecordCount"], 0)
            self.put_count += 100

    def got(self):
        """key -> numbers in their order."""
        keys = {}
        for records in read_stream(self.kinesis, OUT).values():
            for record in records:
                row = json.loads(record["Data"])
                keys.setdefault(row["k"], []).append(row["n"])
        return keys

    def wanted(self):
        return {f"k{k}": list(range(k, self.put_count, 20)) for k in range(20)}

    def wait_for_all(self, runtime):
        wait_until(lambda: sum(map(len, self.got().values())) >= self.put_count or not runtime.running(),
                   "all rows", PATIENCE_S * 2)
        self.assertEqual(self.got(), self.wanted(), runtime.output())

    def consumers(self):
        return self.kinesis.list_stream_consumers(StreamARN=ARN)["Consumers"]

    def stop(self, runtime):
        self.assertEqual(runtime.stop(signal.SIGINT), 0, runtime.output())

    def test_both_generations_drain_a_stream_and_take_their_consumer_away(self):
        self.streams(shards=3)
        self.put(2000)
        for source in (NEW, OLD):
            runtime = self.run_job(source, "--drain")
            self.assertEqual(runtime.wait_exit(PATIENCE_S * 2), 0, runtime.output())
            wait_until(lambda: not self.consumers(), "the consumer's end")
            self.assertEqual(self.got(), self.wanted(), runtime.output())
            delete_stream(self.kinesis, OUT)
            self.kinesis.create_stream(StreamName=OUT, ShardCount=1)
            wait_active(self.kinesis, OUT)

    def test_a_job_from_latest_on_sees_what_comes_after_it_is_ready(self):
        self.streams(shards=2)
        self.put(100)
        old = self.put_count
        runtime = self.run_job(NEW, start="LATEST")
        wait_until(lambda: [c["ConsumerStatus"] for c in self.consumers()] == ["ACTIVE"], "the consumer")
        # Rows go on until the first arrives: when a subscription stands cannot be seen from outside.
        def arriving():
            self.put(100)
            return self.got() or not runtime.running()

        wait_until(arriving, "the first rows", pause_s=0.2)
        self.put(1000)
        last = self.put_count - 1
        wait_until(lambda: any(ns[-1] == last for ns in self.got().values()) or not runtime.running(), "the last row")
        for key, numbers in self.got().items():
            self.assertTrue(all(n >= old for n in numbers))
            self.assertEqual(numbers, list(range(numbers[0], last + 1, 20))[: len(numbers)], key)
        self.stop(runtime)
        wait_until(lambda: not self.consumers(), "the consumer's end")

    def test_a_stream_is_split_and_merged_while_the_job_runs(self):
        self.streams(shards=1)
        runtime = self.run_job(NEW)
        self.put(1000)
        middle = str(2**127)
        self.kinesis.split_shard(StreamName=IN, ShardToSplit=shard_ids(self.kinesis, IN)[0], NewStartingHashKey=middle)
        wait_active(self.kinesis, IN)
        self.put(1000)
        first, second = shard_ids(self.kinesis, IN)[-2:]
        self.kinesis.merge_shards(StreamName=IN, ShardToMerge=first, AdjacentShardToMerge=second)
        wait_active(self.kinesis, IN)
        self.put(1000)
        self.wait_for_all(runtime)
        self.stop(runtime)

    def test_a_consumer_that_is_taken_away_is_registered_again_and_nothing_is_lost(self):
        self.streams(shards=2)
        runtime = self.run_job(NEW)
        self.put(500)
        self.wait_for_all(runtime)
        consumer = self.consumers()[0]
        self.kinesis.deregister_stream_consumer(ConsumerARN=consumer["ConsumerARN"])
        self.put(500)
        wait_until(lambda: [c for c in self.consumers() if c["ConsumerStatus"] == "ACTIVE"] or not runtime.running(),
                   "a new consumer", PATIENCE_S * 2)
        self.put(500)
        self.wait_for_all(runtime)
        self.assertIn("registered again", runtime.output())
        self.stop(runtime)

    def test_an_emulator_that_restarts_in_the_middle(self):
        self.streams(shards=2)
        runtime = self.run_job(OLD)
        for kill in (False, True):
            self.put(500)
            self.wait_for_all(runtime)
            self.emulator.restart(kill=kill)
            self.kinesis = self.emulator.client()
        self.put(500)
        self.wait_for_all(runtime)
        self.stop(runtime)

    def test_another_subscription_takes_over_and_is_taken_over(self):
        self.streams(shards=1)
        runtime = self.run_job(NEW)
        self.put(500)
        self.wait_for_all(runtime)
        arn = self.consumers()[0]["ConsumerARN"]
        shard = shard_ids(self.kinesis, IN)[0]

        def taken():
            try:
                return self.kinesis.subscribe_to_shard(ConsumerARN=arn, ShardId=shard,
                                                       StartingPosition={"Type": "LATEST"})
            except ClientError as error:
                self.assertEqual(error.response["Error"]["Code"], "ResourceInUseException")
                time.sleep(0.2)
                return None

        other = wait_until(taken, "the other subscription", PATIENCE_S)
        self.put(500)
        if other:
            other["EventStream"].close()
        self.wait_for_all(runtime)
        self.stop(runtime)

    def test_a_consumer_of_its_own_lifecycle_must_be_there_and_stays(self):
        self.streams(shards=1)
        source = NEW + ", 'source.efo.lifecycle' = 'SELF_MANAGED'"
        runtime = self.run_job(source, "--drain")
        self.assertEqual(runtime.wait_exit(PATIENCE_S), 1, runtime.output())
        self.assertIn(f"the consumer '{CONSUMER}', which the job does not manage", runtime.output())
        self.kinesis.register_stream_consumer(StreamARN=ARN, ConsumerName=CONSUMER)
        self.put(500)
        runtime = self.run_job(source, "--drain")
        self.assertEqual(runtime.wait_exit(PATIENCE_S), 0, runtime.output())
        self.assertEqual(self.got(), self.wanted())
        self.assertEqual([c["ConsumerStatus"] for c in self.consumers()], ["ACTIVE"])


if __name__ == "__main__":
    unittest.main()
