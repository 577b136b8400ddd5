"""The admin API over HTTP: the clock that tests move, and streams as the emulator has them."""
import json
import unittest

from tests.e2e.support import (
    ApiTest,
    Emulator,
    ENDPOINT,
    iterator,
    raw,
    read_shard,
    temporary_directory,
    wait_active,
)

DAY_MS = 86_400_000


def admin(url, method, page, body=None, **headers):
    """(status, answer) of /_millrace/api/<page>."""
    headers = {"Content-Type": "application/json", "X-Amz-Target": None, "Authorization": None} | headers
    text = "" if body is None else body if isinstance(body, str) else json.dumps(body)
    status, _, answer = raw(url, "", text, headers, method, f"/_millrace/api/{page}")
    return status, json.loads(answer) if answer else None


@unittest.skipIf(ENDPOINT, "that server has no admin API of ours")
class Clock(ApiTest):
    def move(self, body):
        status, answer = admin(self.emulator.url, "POST", "clock", body)
        self.assertEqual(status, 200, answer)
        return answer

    def tearDown(self):
        self.move({"offset_ms": 0})

    def test_records_expire_and_iterators_too_without_waiting(self):
        name = self.stream()
        self.kinesis.put_record(StreamName=name, Data=b"old", PartitionKey="k")
        position = iterator(self.kinesis, name)
        self.assertEqual([r["Data"] for r in read_shard(self.kinesis, name)], [b"old"])
        self.move({"advance_ms": 300_001})
        with self.assertRaises(self.kinesis.exceptions.ExpiredIteratorException):
            self.kinesis.get_records(ShardIterator=position)
        self.move({"advance_ms": DAY_MS})
        self.assertEqual(read_shard(self.kinesis, name), [])
        self.kinesis.put_record(StreamName=name, Data=b"new", PartitionKey="k")
        self.assertEqual([r["Data"] for r in read_shard(self.kinesis, name)], [b"new"])

    def test_times_in_answers_are_those_of_the_moved_clock(self):
        before = self.move({"offset_ms": 0})
        after = self.move({"advance_ms": 10 * DAY_MS})
        self.assertEqual(after["offset_ms"], 10 * DAY_MS)
        self.assertGreaterEqual(after["now_ms"], before["now_ms"] + 10 * DAY_MS)
        name = self.stream()
        summary = self.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        created = summary["StreamCreationTimestamp"].timestamp() * 1000
        self.assertGreaterEqual(created, after["now_ms"] // 1000 * 1000)  # told in whole seconds
        self.assertLess(created, after["now_ms"] + DAY_MS)

    def test_a_clock_that_goes_back_keeps_the_order_of_records(self):
        name = self.stream()
        self.kinesis.put_record(StreamName=name, Data=b"1", PartitionKey="k")
        self.move({"advance_ms": -DAY_MS})
        self.kinesis.put_record(StreamName=name, Data=b"2", PartitionKey="k")
        self.move({"advance_ms": DAY_MS})
        self.kinesis.put_record(StreamName=name, Data=b"3", PartitionKey="k")
        records = read_shard(self.kinesis, name)
        self.assertEqual([r["Data"] for r in records], [b"1", b"2", b"3"])
        numbers = [int(r["SequenceNumber"]) for r in records]
        self.assertEqual(numbers, sorted(set(numbers)))
        times = [r["ApproximateArrivalTimestamp"] for r in records]
        self.assertEqual(times, sorted(times))

    def test_bodies_that_tell_it_nothing(self):
        for body in ("", "{", "[]", "{}", '{"advance_ms": 0.5}', '{"advance_ms": 1e300}', '{"x": 1}'):
            with self.subTest(body):
                status, answer = admin(self.emulator.url, "POST", "clock", body)
                self.assertEqual(status, 400)
                self.assertTrue(answer["error"])
        self.assertEqual(admin(self.emulator.url, "GET", "clock")[1]["offset_ms"], 0)
        self.assertEqual(admin(self.emulator.url, "PATCH", "clock", "{}")[0], 405)
        self.assertEqual(admin(self.emulator.url, "GET", "nothing")[0], 404)

    def test_streams_are_listed(self):
        name = self.stream(shards=3)
        _, answer = admin(self.emulator.url, "GET", "streams")
        mine = [s for s in answer["streams"] if s["name"] == name]
        self.assertEqual(len(mine), 1)
        self.assertEqual(mine[0]["open_shards"], 3)
        self.assertEqual(admin(self.emulator.url, "GET", f"streams/{name}")[1], mine[0])


@unittest.skipIf(ENDPOINT, "that server has no admin API of ours")
class ClockRestart(unittest.TestCase):
    def test_the_clock_goes_on_where_it_was_after_a_restart(self):
        for kill in (False, True):
            with self.subTest(kill=kill), Emulator(temporary_directory(self)) as emulator:
                client = emulator.client()
                client.create_stream(StreamName="s", ShardCount=1)
                wait_active(client, "s")
                client.put_record(StreamName="s", Data=b"x", PartitionKey="k")
                _, moved = admin(emulator.url, "POST", "clock", {"advance_ms": DAY_MS - 60_000})
                emulator.restart(kill=kill)
                _, found = admin(emulator.url, "GET", "clock")
                self.assertEqual(found["offset_ms"], moved["offset_ms"])
                self.assertGreaterEqual(found["now_ms"], moved["now_ms"])
                client = emulator.client()
                self.assertEqual(len(read_shard(client, "s")), 1)
                admin(emulator.url, "POST", "clock", {"advance_ms": 60_001})
                self.assertEqual(read_shard(client, "s"), [])


if __name__ == "__main__":
    unittest.main()
