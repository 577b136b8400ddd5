"""The system's clock jumps, by libfaketime: numbers still rise, arrival times do not fall."""
import os
import pathlib
import time
import unittest

from tests.e2e.support import Emulator, is_sanitized, read_stream, temporary_directory, wait_active, wait_until

LIBRARIES = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


class JumpingClock(unittest.TestCase):
    def setUp(self):
        if not LIBRARIES:
            if os.environ.get("CI"):
                self.fail("the package faketime is not installed (./dev setup installs it)")
            self.skipTest("the package faketime is not installed")
        if is_sanitized():
            self.skipTest("libfaketime and AddressSanitizer cannot both come first")

    def test_sequence_numbers_rise_whatever_the_clock_does(self):
        folder = temporary_directory(self)
        offset = folder / "offset"
        offset.write_text("+0\n")
        env = {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(offset),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        # No transitions: a status that ends at a time would last as long as the clock is behind.
        with Emulator(folder / "data", env=env, transition_ms=0) as emulator:
            client = emulator.client()
            client.create_stream(StreamName="s", ShardCount=3)
            wait_active(client, "s")
            client.increase_stream_retention_period(StreamName="s", RetentionPeriodHours=8760)
            wait_active(client, "s")
            last, sent = {}, []
            jumps = [0, -3600, 3600, -86400, 2_592_000, -2_592_000, -1, 1, 0, -40_000_000, 0]
            for round_, jump in enumerate(jumps):
                offset.write_text(f"{jump:+d}\n")

                def moved():
                    now = client.put_record(StreamName="s", Data=b"probe", PartitionKey="p")
                    self.check(now, last)
                    sent.append((now["ShardId"], int(now["SequenceNumber"])))
                    return True

                wait_until(moved, "a put")
                for i in range(30):
                    answer = client.put_record(StreamName="s", Data=b"%d" % i, PartitionKey=f"k{i}")
                    self.check(answer, last)
                    sent.append((answer["ShardId"], int(answer["SequenceNumber"])))
                if round_ % 4 == 2:
                    emulator.restart(kill=True)
                    client = emulator.client()
                if round_ == 6:  # a shard that opens while the clock is behind
                    client.split_shard(
                        StreamName="s", ShardToSplit="shardId-000000000000", NewStartingHashKey="1000"
                    )
                    wait_until(
                        lambda: client.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"][
                            "StreamStatus"
                        ]
                        == "ACTIVE",
                        "the split to be over",
                    )
            stored = read_stream(client, "s")
            found = []
            for shard, records in stored.items():
                times = [record["ApproximateArrivalTimestamp"] for record in records]
                self.assertEqual(times, sorted(times), shard)
                numbers = [int(record["SequenceNumber"]) for record in records]
                self.assertEqual(numbers, sorted(set(numbers)), shard)
                found += [(shard, number) for number in numbers]
            self.assertEqual(sorted(found), sorted(sent))
            # The clock was really moved: arrival times reach a month into the future.
            newest = max(r["ApproximateArrivalTimestamp"].timestamp() for rs in stored.values() for r in rs)
            self.assertGreater(newest, time.time() + 2_000_000)
            offset.write_text("+0\n")
            emulator.stop()

    def check(self, answer, last):
        shard, number = answer["ShardId"], int(answer["SequenceNumber"])
        self.assertGreater(number, last.get(shard, 0), shard)
        last[shard] = number


if __name__ == "__main__":
    unittest.main()
