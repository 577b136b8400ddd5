"""The data directory seen from outside: a person with the sqlite3 shell can read what was put."""
import datetime
import shutil
import subprocess
import unittest

from tests.e2e.support import Emulator, PATIENCE_S, read_shard, temporary_directory, wait_active


def database(folder):
    """The one SQLite file in `folder` (an emulator's data directory)."""
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.read_bytes()[:16] == b"SQLite format 3\0"
    ]
    assert len(found) == 1, f"SQLite files in {folder}: {found}"
    return found[0]


def shell(path, sql):
    """Rows as the sqlite3 shell prints them, each a list of columns."""
    done = subprocess.run(
        ["sqlite3", "-batch", "-readonly", "-separator", "\x1f", "-newline", "\x1e", str(path), sql],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    return [line.split("\x1f") for line in done.stdout.split("\x1e") if line]


class DataFile(unittest.TestCase):
    def setUp(self):
        if not shutil.which("sqlite3"):
            self.fail("the sqlite3 shell is not installed (./dev setup installs it)")
        self.folder = temporary_directory(self)

    def check(self, rows, records):
        self.assertEqual(len(rows), len(records))
        for row, record in zip(rows, records):
            stream, shard, number, time, key, data = row
            self.assertEqual(stream, "readable")
            self.assertEqual(shard, "shardId-000000000000")
            self.assertEqual(number, record["SequenceNumber"])
            self.assertRegex(time, r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d{3}")
            arrived = record["ApproximateArrivalTimestamp"].astimezone(datetime.timezone.utc)
            self.assertEqual(time[:19].replace("T", " "), arrived.strftime("%Y-%m-%d %H:%M:%S"))
            self.assertEqual(key, record["PartitionKey"])
            self.assertEqual(data, record["Data"].decode())

    def test_the_view_records_while_the_emulator_runs_and_after_it(self):
        select = (
            "SELECT stream, shard, sequence_number, time, partition_key, data FROM records"
            " ORDER BY stream, shard, sequence_number"
        )
        with Emulator(self.folder) as emulator:
            client = emulator.client()
            client.create_stream(StreamName="readable", ShardCount=1)
            wait_active(client, "readable")
            for i in range(20):
                client.put_record(
                    StreamName="readable", Data=f'{{"n": {i}, "t": "caf\u00e9"}}', PartitionKey=f"key {i}"
                )
            records = read_shard(client, "readable")
            self.check(shell(database(self.folder), select), records)
            emulator.stop()
            self.check(shell(database(self.folder), select), records)
        self.assertEqual(shell(database(self.folder), "PRAGMA integrity_check"), [["ok"]])

    def test_a_file_that_is_no_database_is_refused_and_left_alone(self):
        with Emulator(self.folder) as emulator:
            emulator.stop()
        path = database(self.folder)
        path.write_bytes(b"this was never a database, it only has its name\n" * 100)
        before = path.read_bytes()
        with self.assertRaises(AssertionError) as caught:
            Emulator(self.folder)
        self.assertIn("exit code 1", str(caught.exception))
        self.assertIn(path.name, str(caught.exception))
        self.assertEqual(path.read_bytes(), before)

    def test_a_data_directory_belongs_to_one_emulator_at_a_time(self):
        with Emulator(self.folder) as first:
            with self.assertRaises(AssertionError) as caught:
                Emulator(self.folder)
            self.assertIn("exit code 1", str(caught.exception))
            self.assertEqual(first.client().list_streams()["StreamNames"], [])


if __name__ == "__main__":
    unittest.main()
