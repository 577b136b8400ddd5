"""millrace-generator against the emulator: byte for byte what it says it puts, whatever happens between."""
import json
import re
import signal
import subprocess
import unittest

from tests.e2e.support import (
    BIN,
    PATIENCE_S,
    Emulator,
    Program,
    aws_environment,
    read_shard,
    read_stream,
    shard_ids,
    temporary_directory,
    wait_active,
    wait_until,
)

TRADE = re.compile(
    r'\{"EVENT_TIME": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?", '
    r'"TICKER": "(AMZN|GOOG|AZRE|ORCL|BABA)", "PRICE": \d{1,3}\.\d{1,2}\}'
)


class Generator(unittest.TestCase):
    def setUp(self):
        self.emulator = Emulator(temporary_directory(self))
        self.addCleanup(lambda: self.emulator.__exit__(None, None, None))

    def command(self, *arguments):
        return [str(BIN / "millrace-generator"), "trades", *arguments]

    def run_it(self, *arguments, code=0, url=None):
        done = subprocess.run(
            self.command(*arguments),
            env=aws_environment(url or self.emulator.url),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S * 2,
        )
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_nexmark_fills_a_stream_of_several_shards_with_what_it_prints(self):
        def nexmark(*arguments):
            return subprocess.run(
                [str(BIN / "millrace-generator"), "nexmark", "--seed", "5", "--count", "1200", "--fast", *arguments],
                env=aws_environment(self.emulator.url),
                capture_output=True,
                text=True,
                timeout=PATIENCE_S * 2,
            )

        put = nexmark("--create", "--shards", "2")
        self.assertEqual(put.returncode, 0, put.stderr)
        self.assertIn("1200 events", put.stderr)
        printed = nexmark("--stdout")
        self.assertEqual(printed.returncode, 0, printed.stderr)
        lines = printed.stdout.splitlines()
        by_shard = read_stream(self.emulator.client(), "nexmark")
        records = [r for shard in by_shard.values() for r in shard]
        self.assertTrue(all(by_shard.values()), "every shard got some")
        self.assertEqual(sorted(r["Data"].decode() for r in records), sorted(lines))
        for record in records:
            event = json.loads(record["Data"])
            about = {0: "person", 1: "auction", 2: "bid"}[event["event_type"]]
            identity = event[about]["auction" if about == "bid" else "id"]
            self.assertEqual(record["PartitionKey"], str(identity))

    def test_nexmark_names_a_flag_it_cannot_take(self):
        done = subprocess.run(
            [str(BIN / "millrace-generator"), "nexmark", "--stdout", "--start", "1969-12-31T00:00"],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("--start: '1969-12-31T00:00' is before 1970", done.stderr)

    def stored(self, name="stocktrading-ingest-stream"):
        return [r["Data"].decode() for r in read_shard(self.emulator.client(), name)]

    def test_defaults_are_the_published_generator_s(self):
        self.run_it("--create", "--count", "12", "--rate", "40")
        client = self.emulator.client()
        self.assertEqual(len(shard_ids(client, "stocktrading-ingest-stream")), 1)
        records = read_shard(client, "stocktrading-ingest-stream")
        self.assertEqual(len(records), 12)
        for record in records:
            self.assertRegex(record["Data"].decode(), re.compile(f"^{TRADE.pattern}$"))
            self.assertEqual(record["PartitionKey"], "partitionkey")
            self.assertTrue(0 <= json.loads(record["Data"])["PRICE"] <= 100)

    def test_the_same_seed_and_start_give_the_same_bytes_one_by_one_and_in_batches(self):
        fixed = ["--seed", "42", "--start", "2026-01-05T09:30:00", "--late", "0.1:7s"]
        for rate, count in (("50", "60"), ("5000", "3000")):
            options = [*fixed, "--rate", rate, "--count", count]
            printed = self.run_it("--stdout", *options).stdout.splitlines()
            self.assertEqual(len(printed), int(count))
            self.run_it("--create", "--stream", f"at-{rate}", *options)
            self.assertEqual(self.stored(f"at-{rate}"), printed)
        other = self.run_it("--stdout", "--seed", "43", *options[2:]).stdout.splitlines()
        self.assertNotEqual(other, printed)

    def test_partition_keys(self):
        for kind in ("ticker", "random"):
            self.run_it("--create", "--shards", "4", "--stream", kind, "--partition-key", kind, "--count", "400", "--rate", "4000")
            by_shard = read_stream(self.emulator.client(), kind)
            records = [r for rs in by_shard.values() for r in rs]
            self.assertEqual(len(records), 400)
            keys = {r["PartitionKey"] for r in records}
            if kind == "ticker":
                self.assertTrue(all(json.loads(r["Data"])["TICKER"] == r["PartitionKey"] for r in records))
            else:
                self.assertGreater(len(keys), 350)
                self.assertTrue(all(by_shard.values()), "a shard got nothing")

    def test_a_stream_that_is_not_there(self):
        done = self.run_it("--count", "5", "--wait", "1s", code=1)
        self.assertIn("stocktrading-ingest-stream", done.stderr)

    def test_an_endpoint_that_is_not_there(self):
        self.emulator.kill()
        done = self.run_it("--count", "5", "--wait", "1s", code=1)
        self.assertIn(f"127.0.0.1:{self.emulator.port}", done.stderr)

    def test_bad_usage_names_the_flag(self):
        for arguments, flag in (
            (["--rate", "x"], "--rate"),
            (["--late", "2:5s"], "--late"),
            (["--start", "yesterday"], "--start"),
            (["--colour", "red"], "--colour"),
        ):
            self.assertIn(flag, self.run_it(*arguments, code=2).stderr)

    def test_sigterm_in_the_middle_ends_it_cleanly(self):
        running = Program(
            self.command("--create", "--rate", "2000", "--seed", "3", "--start", "2026-01-05T09:30:00"),
            env=aws_environment(self.emulator.url),
        )
        self.addCleanup(running.__exit__, None, None, None)
        client = self.emulator.client()
        wait_until(lambda: client.list_streams()["StreamNames"], "the stream")
        wait_active(client, "stocktrading-ingest-stream")
        wait_until(lambda: len(self.stored()) > 500, "500 trades")
        self.assertEqual(running.stop(signal.SIGTERM, limit_s=20), 0, running.output())
        total = int(re.search(r"(\d+) trades", running.output().splitlines()[-1])[1])
        self.assertEqual(len(self.stored()), total)

    def test_a_server_killed_and_restarted_in_the_middle(self):
        options = ["--seed", "8", "--start", "2026-01-05T09:30:00", "--rate", "1000", "--count", "4000"]
        wanted = self.run_it("--stdout", *options).stdout.splitlines()
        running = Program(self.command("--create", *options), env=aws_environment(self.emulator.url))
        self.addCleanup(running.__exit__, None, None, None)
        wait_until(lambda: self.emulator.client().list_streams()["StreamNames"], "the stream")
        wait_active(self.emulator.client(), "stocktrading-ingest-stream")
        for kill, enough in ((False, 500), (True, 2000)):
            wait_until(lambda: len(self.stored()) >= enough, f"{enough} trades")
            self.assertTrue(running.running(), running.output())
            self.emulator.restart(kill=kill)
        self.assertEqual(running.wait_exit(), 0, running.output())
        stored = self.stored()
        # A put whose reply was lost may be there twice; nothing may be missing or out of order.
        self.assertEqual(list(dict.fromkeys(stored)), wanted)
        self.assertLess(len(stored) - len(wanted), 1100, "whole batches again and again")


if __name__ == "__main__":
    unittest.main()
