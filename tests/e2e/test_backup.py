"""A data file is copied while it is written; a stream goes out as lines of JSON and comes back."""
import json
import subprocess
import threading
import time
import unittest

from tests.e2e.support import BIN, Emulator, PATIENCE_S, aws_environment, kinesis, read_stream
from tests.e2e.support import temporary_directory, wait_active


def millrace(*arguments, text=None, code=0):
    done = subprocess.run(
        [str(BIN / "millrace-emulator"), *[str(a) for a in arguments]],
        input=text,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env=aws_environment(),
        check=False,
    )
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done


class Backup(unittest.TestCase):
    def test_a_copy_of_a_running_emulator_is_whole_and_holds_what_was_acknowledged(self):
        folder = temporary_directory(self)
        with Emulator(folder / "data") as emulator:
            client = emulator.client()
            client.create_stream(StreamName="s", ShardCount=2)
            wait_active(client, "s")
            taken, stop = [[], [], []], threading.Event()

            def work(mine):
                own = kinesis(emulator.url)
                while not stop.is_set():
                    entries = [{"Data": b"%d" % len(mine) + b"." * 500, "PartitionKey": str(i)} for i in range(20)]
                    answer = own.put_records(StreamName="s", Records=entries)
                    mine.extend((r["ShardId"], r["SequenceNumber"]) for r in answer["Records"])

            workers = [threading.Thread(target=work, args=(mine,)) for mine in taken]
            for worker in workers:
                worker.start()
            copies = []
            for i in range(3):
                time.sleep(0.3)
                before = {record for mine in taken for record in list(mine)}
                copy = folder / f"copy-{i}.db"
                done = millrace("--data", folder / "data", "backup", copy)
                self.assertIn(str(copy), done.stdout)
                copies.append((copy, before))
            stop.set()
            for worker in workers:
                worker.join()
            everything = {record for mine in taken for record in mine}
            refused = millrace("--data", folder / "data", "backup", copies[0][0], code=1)
            self.assertIn("exists already", refused.stderr)
            emulator.stop()
            for i, (copy, before) in enumerate(copies):
                other = folder / f"restored-{i}"
                millrace("restore", copy, "--data", other)
                with Emulator(other) as restored:
                    stored = {
                        (shard, r["SequenceNumber"])
                        for shard, records in read_stream(restored.client(), "s").items()
                        for r in records
                    }
                    self.assertLessEqual(before, stored)
                    self.assertLessEqual(stored, everything)
                    restored.client().put_record(StreamName="s", Data=b"goes on", PartitionKey="k")
            # Without an emulator, and over what there is.
            millrace("--data", folder / "data", "backup", folder / "stopped.db")
            self.assertIn("exists already", millrace("restore", copies[0][0], "--data", other, code=1).stderr)
            self.assertIn("no data file", millrace("--data", folder / "none", "backup", folder / "x", code=1).stderr)


class Lines(unittest.TestCase):
    def test_a_stream_comes_back_with_its_order_its_shards_and_its_gaps(self):
        folder = temporary_directory(self)
        with Emulator(folder / "data") as emulator:
            client = emulator.client()
            for name in ("from", "to", "fast"):
                client.create_stream(StreamName=name, ShardCount=3)
                wait_active(client, name)
            for i in range(40):
                client.put_record(StreamName="from", Data=f'{{"n": {i}, "t": "caf\u00e9"}}', PartitionKey=f"k{i}")
            time.sleep(1.2)
            client.put_record(StreamName="from", Data=b"\xff\x00 no text", PartitionKey="k", ExplicitHashKey="0")
            file = folder / "from.jsonl"
            at = ("--endpoint-url", emulator.url)
            done = millrace("export", "--stream", "from", *at, "--by-shard", file)
            self.assertIn("41 records", done.stderr)
            lines = [json.loads(line) for line in file.read_text().splitlines()]
            self.assertEqual(len(lines), 41)
            self.assertEqual([line["time_ms"] for line in lines], sorted(line["time_ms"] for line in lines))
            self.assertEqual(lines[0]["data"], '{"n": 0, "t": "caf\u00e9"}')
            self.assertIn("data_base64", lines[-1])
            self.assertIn("exists already", millrace("export", "--stream", "from", *at, file, code=1).stderr)

            began = time.monotonic()
            done = millrace("import", "--stream", "to", *at, file)
            self.assertGreater(time.monotonic() - began, 1.0)  # the gap is kept
            self.assertIn("41 records", done.stderr)
            piped = millrace("export", "--stream", "from", *at).stdout
            self.assertEqual(len(piped.splitlines()), 41)
            millrace("import", "--stream", "fast", *at, "--speed", "0", text=piped)
            before = read_stream(client, "from")
            for name in ("to", "fast"):
                after = read_stream(client, name)
                for shard, records in before.items():
                    if name == "fast" and shard == "shardId-000000000000":
                        continue  # the explicit hash key is gone without --by-shard
                    expected = [(r["Data"], r["PartitionKey"]) for r in records]
                    got = [(r["Data"], r["PartitionKey"]) for r in after[shard]]
                    if name == "fast":
                        got = [pair for pair in got if pair[1] != "k"]
                    self.assertEqual(got, expected, (name, shard))

    def test_what_is_wrong_is_named(self):
        with Emulator() as emulator:
            client = emulator.client()
            client.create_stream(StreamName="s", ShardCount=1)
            wait_active(client, "s")
            at = ("--endpoint-url", emulator.url)
            good = '{"partition_key": "k", "data": "x"}\n'
            done = millrace("import", "--stream", "s", *at, text=good + "\n" + '{"data": "x"}\n', code=2)
            self.assertIn("line 3: partition_key is missing", done.stderr)
            self.assertEqual(len(read_stream(client, "s")["shardId-000000000000"]), 1)
            done = millrace("import", "--stream", "none", *at, text=good, code=1)
            self.assertIn("none", done.stderr)
            done = millrace("export", "--stream", "none", *at, code=1)
            self.assertIn("none", done.stderr)


if __name__ == "__main__":
    unittest.main()
