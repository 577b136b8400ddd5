"""The emulator is stopped, and killed, in the middle: nothing acknowledged is lost, clients carry on."""
import threading
import unittest

from tests.e2e.support import (
    Emulator,
    iterator,
    kinesis,
    read_shard,
    read_stream,
    shard_ids,
    temporary_directory,
    wait_active,
    wait_until,
)


class Store(unittest.TestCase):
    """Without the other programs: what one client put, the next one finds."""

    def restarted(self, kill):
        folder = temporary_directory(self)
        with Emulator(folder) as emulator:
            client = emulator.client()
            client.create_stream(StreamName="kept", ShardCount=3)
            wait_active(client, "kept")
            client.increase_stream_retention_period(StreamName="kept", RetentionPeriodHours=48)
            sent = {}
            for i in range(300):
                answer = client.put_record(StreamName="kept", Data=b"%d" % i, PartitionKey=f"k{i}")
                sent[answer["SequenceNumber"]] = (answer["ShardId"], b"%d" % i)
            described = client.describe_stream(StreamName="kept")["StreamDescription"]
            shard = shard_ids(client, "kept")[0]
            position = iterator(client, "kept", shard)
            first = client.get_records(ShardIterator=position, Limit=10)

            emulator.restart(kill=kill)

            client = emulator.client()
            again = client.describe_stream(StreamName="kept")["StreamDescription"]
            self.assertEqual(again, described)
            self.assertEqual(again["RetentionPeriodHours"], 48)
            stored = {
                r["SequenceNumber"]: (shard_id, r["Data"])
                for shard_id, records in read_stream(client, "kept").items()
                for r in records
            }
            self.assertEqual(stored, sent)
            # A reader goes on from where it was, with the iterator it holds.
            rest, position = [], first["NextShardIterator"]
            while True:
                page = client.get_records(ShardIterator=position, Limit=1000)
                rest += page["Records"]
                if not page["Records"]:
                    break
                position = page["NextShardIterator"]
            self.assertEqual(first["Records"] + rest, read_shard(client, "kept", shard))
            # New numbers rise above all that were ever given.
            highest = {}
            for number, (shard_id, _) in sent.items():
                highest[shard_id] = max(highest.get(shard_id, 0), int(number))
            for i in range(30):
                answer = client.put_record(StreamName="kept", Data=b"new", PartitionKey=f"k{i}")
                self.assertGreater(int(answer["SequenceNumber"]), highest[answer["ShardId"]])

    def test_after_sigterm(self):
        self.restarted(kill=False)

    def test_after_sigkill(self):
        self.restarted(kill=True)

    def test_sigterm_under_load_answers_what_runs_and_exits_with_0(self):
        folder = temporary_directory(self)
        with Emulator(folder) as emulator:
            client = emulator.client()
            client.create_stream(StreamName="busy", ShardCount=1)
            wait_active(client, "busy")
            acknowledged, lock, some = set(), threading.Lock(), threading.Event()

            def work(index):
                mine = kinesis(emulator.url)
                n = 0
                while True:
                    try:
                        mine.put_record(StreamName="busy", Data=b"%d:%d" % (index, n), PartitionKey="k")
                    except Exception:  # the server is gone
                        return
                    with lock:
                        acknowledged.add(b"%d:%d" % (index, n))
                    n += 1
                    if n == 20:
                        some.set()

            workers = [threading.Thread(target=work, args=(i,)) for i in range(6)]
            for worker in workers:
                worker.start()
            self.assertTrue(some.wait(60))
            emulator.stop()  # asserts exit code 0 in time
            for worker in workers:
                worker.join(60)
            emulator.program.process.stdout.close()
            emulator.start()
            stored = [r["Data"] for r in read_shard(emulator.client(), "busy")]
            self.assertEqual(len(stored), len(set(stored)))
            self.assertLessEqual(acknowledged, set(stored))


if __name__ == "__main__":
    unittest.main()
