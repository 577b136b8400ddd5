"""Records through boto3: what is put comes back, by every iterator type."""
import datetime
import hashlib
import time
import unittest

from tests.e2e.support import ENDPOINT, ApiTest, iterator, read_shard, read_stream

UTC = datetime.timezone.utc


def put(client, name, data, key="k", **more):
    return client.put_record(StreamName=name, Data=data, PartitionKey=key, **more)


class Records(ApiTest):
    def test_put_record_comes_back_whole(self):
        name = self.stream()
        before = datetime.datetime.now(UTC) - datetime.timedelta(seconds=2)
        sent = [b"", b"plain", bytes(range(256)), "caf\u00e9 \u2603".encode(), b"x" * 1_000_000]
        answers = [put(self.kinesis, name, data, key=f"key {i} \u00fc") for i, data in enumerate(sent)]
        for answer in answers:
            self.assertEqual(answer["ShardId"], "shardId-000000000000")
            self.assertNotIn("EncryptionType", answer)
        records = read_shard(self.kinesis, name)
        self.assertEqual([r["Data"] for r in records], sent)
        self.assertEqual([r["PartitionKey"] for r in records], [f"key {i} \u00fc" for i in range(5)])
        self.assertEqual(
            [r["SequenceNumber"] for r in records], [a["SequenceNumber"] for a in answers]
        )
        numbers = [int(r["SequenceNumber"]) for r in records]
        self.assertEqual(numbers, sorted(set(numbers)))
        for number in numbers:
            self.assertEqual(number.bit_length(), 186)
        for record in records:
            self.assertGreater(record["ApproximateArrivalTimestamp"], before)
            self.assertLess(
                record["ApproximateArrivalTimestamp"],
                datetime.datetime.now(UTC) + datetime.timedelta(seconds=2),
            )

    def test_put_records_answers_in_request_order_and_routes_by_md5(self):
        name = self.stream(shards=4)
        shards = self.kinesis.list_shards(StreamName=name)["Shards"]
        keys = [f"ticker-{i}" for i in range(500)]
        answer = self.kinesis.put_records(
            StreamName=name, Records=[{"Data": k.encode(), "PartitionKey": k} for k in keys]
        )
        self.assertEqual(answer["FailedRecordCount"], 0)
        self.assertEqual(len(answer["Records"]), 500)
        for key, result in zip(keys, answer["Records"]):
            hashed = int(hashlib.md5(key.encode()).hexdigest(), 16)
            home = next(
                s["ShardId"]
                for s in shards
                if int(s["HashKeyRange"]["StartingHashKey"])
                <= hashed
                <= int(s["HashKeyRange"]["EndingHashKey"])
            )
            self.assertEqual(result["ShardId"], home, key)
        stored = read_stream(self.kinesis, name)
        self.assertEqual(sum(len(records) for records in stored.values()), 500)
        by_number = {
            r["SequenceNumber"]: (shard, r["Data"]) for shard, rs in stored.items() for r in rs
        }
        for key, result in zip(keys, answer["Records"]):
            self.assertEqual(by_number[result["SequenceNumber"]], (result["ShardId"], key.encode()))

    def test_explicit_hash_key_overrides_the_partition_key(self):
        name = self.stream(shards=4)
        for index in range(4):
            low = 2**126 * index
            for hashed in (low, low + 2**126 - 1):
                answer = put(self.kinesis, name, b"x", key="same", ExplicitHashKey=str(hashed))
                self.assertEqual(answer["ShardId"], f"shardId-{index:012d}")

    def test_sequence_number_for_ordering_gives_rising_numbers(self):
        name = self.stream()
        last = put(self.kinesis, name, b"0")["SequenceNumber"]
        for i in range(1, 20):
            number = put(self.kinesis, name, b"%d" % i, SequenceNumberForOrdering=last)["SequenceNumber"]
            self.assertGreater(int(number), int(last))
            last = number
        self.assertEqual([r["Data"] for r in read_shard(self.kinesis, name)], [b"%d" % i for i in range(20)])


class Iterators(ApiTest):
    def filled(self, count=10):
        name = self.stream()
        numbers = [put(self.kinesis, name, b"%d" % i)["SequenceNumber"] for i in range(count)]
        return name, numbers

    def read(self, name, kind, **more):
        return [r["Data"] for r in read_shard(self.kinesis, name, kind=kind, **more)]

    def test_trim_horizon_starts_at_the_first(self):
        name, _ = self.filled()
        self.assertEqual(self.read(name, "TRIM_HORIZON"), [b"%d" % i for i in range(10)])

    def test_latest_gives_only_what_comes_later(self):
        name, _ = self.filled()
        position = iterator(self.kinesis, name, kind="LATEST")
        page = self.kinesis.get_records(ShardIterator=position)
        self.assertEqual((page["Records"], page["MillisBehindLatest"]), ([], 0))
        put(self.kinesis, name, b"new")
        for start in (position, page["NextShardIterator"]):
            records = self.kinesis.get_records(ShardIterator=start)["Records"]
            self.assertEqual([r["Data"] for r in records], [b"new"])

    def test_at_sequence_number_includes_it(self):
        name, numbers = self.filled()
        got = self.read(name, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[4])
        self.assertEqual(got, [b"%d" % i for i in range(4, 10)])

    def test_after_sequence_number_excludes_it(self):
        name, numbers = self.filled()
        got = self.read(name, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[4])
        self.assertEqual(got, [b"%d" % i for i in range(5, 10)])
        self.assertEqual(self.read(name, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[-1]), [])

    def test_the_first_number_of_the_shard_is_a_start(self):
        name, _ = self.filled(3)
        first = self.kinesis.list_shards(StreamName=name)["Shards"][0]["SequenceNumberRange"]
        got = self.read(
            name, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=first["StartingSequenceNumber"]
        )
        self.assertEqual(got, [b"0", b"1", b"2"])

    def test_at_timestamp(self):
        name = self.stream()
        put(self.kinesis, name, b"early")
        early = read_shard(self.kinesis, name)[0]["ApproximateArrivalTimestamp"].timestamp()
        # The server's clock decides; a later record is one with a later arrival time.
        late = early
        while late < early + 1.1:
            put(self.kinesis, name, b"late")
            late = read_shard(self.kinesis, name)[-1]["ApproximateArrivalTimestamp"].timestamp()
            time.sleep(0.1)
        everything = read_shard(self.kinesis, name)
        middle = early + 0.55
        wanted = [
            r["SequenceNumber"]
            for r in everything
            if r["ApproximateArrivalTimestamp"].timestamp() >= middle
        ]
        self.assertTrue(0 < len(wanted) < len(everything))
        got = read_shard(self.kinesis, name, kind="AT_TIMESTAMP", Timestamp=middle)
        self.assertEqual([r["SequenceNumber"] for r in got], wanted)
        before = datetime.datetime(2020, 1, 1, tzinfo=UTC)
        self.assertEqual(len(read_shard(self.kinesis, name, kind="AT_TIMESTAMP", Timestamp=before)), len(everything))

    def test_pages_hold_at_most_limit_records_and_an_iterator_may_be_used_twice(self):
        name, _ = self.filled(10)
        position, sizes, seen, used = iterator(self.kinesis, name), [], [], []
        while len(seen) < 10:
            page = self.kinesis.get_records(ShardIterator=position, Limit=4)
            again = self.kinesis.get_records(ShardIterator=position, Limit=4)
            self.assertEqual(again["Records"], page["Records"])
            sizes.append(len(page["Records"]))
            seen += [r["Data"] for r in page["Records"]]
            used.append(position)
            position = page["NextShardIterator"]
        self.assertEqual(sizes, [4, 4, 2])
        self.assertEqual(seen, [b"%d" % i for i in range(10)])
        self.assertEqual(len(set(used)), len(used))

    @unittest.skipIf(ENDPOINT, "that server always answers 0")
    def test_millis_behind_latest_counts_down_to_zero(self):
        name = self.stream()
        put(self.kinesis, name, b"first")
        time.sleep(0.3)
        put(self.kinesis, name, b"last")
        first = self.kinesis.get_records(ShardIterator=iterator(self.kinesis, name), Limit=1)
        self.assertGreater(first["MillisBehindLatest"], 0)
        last = self.kinesis.get_records(ShardIterator=first["NextShardIterator"], Limit=1)
        self.assertEqual(last["MillisBehindLatest"], 0)

    def test_a_page_is_bounded_by_size_too(self):
        name = self.stream()
        for i in range(14):
            put(self.kinesis, name, bytes([i]) * 1_000_000)
        page = self.kinesis.get_records(ShardIterator=iterator(self.kinesis, name))
        self.assertGreater(len(page["Records"]), 0)
        self.assertLessEqual(sum(len(r["Data"]) for r in page["Records"]), 10 * 1024 * 1024)
        self.assertEqual([r["Data"][:1] for r in read_shard(self.kinesis, name)], [bytes([i]) for i in range(14)])


if __name__ == "__main__":
    unittest.main()
