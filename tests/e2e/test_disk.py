"""Disks that are full, for real: a small tmpfs, a small ext4, a limit on the size of files.

What does not fit is answered with InternalFailure and is not there; reads go on; health and the log
say what is wrong; when there is space again everything works, without a restart.
"""
import json
import os
import pathlib
import resource
import subprocess
import unittest

from tests.e2e.support import BIN, Emulator, Program, aws_environment, b64, raw, read_shard
from tests.e2e.support import temporary_directory, wait_active, wait_until


def run(*command):
    try:
        return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    except FileNotFoundError as missing:
        return subprocess.CompletedProcess(command, 127, "", str(missing))


class FullDisk(unittest.TestCase):
    """A file system of 48 MiB of which the test can take the rest away and give it back."""

    def mounted(self, kind):
        folder = temporary_directory(self)
        point = folder / "disk"
        point.mkdir()
        if kind == "tmpfs":
            done = run("mount", "-t", "tmpfs", "-o", "size=48m", "none", point)
        else:
            image = folder / "image"
            with image.open("wb") as file:
                file.truncate(48 << 20)
            done = run("mkfs.ext4", "-q", "-F", image)
            if done.returncode == 0:
                done = run("mount", "-o", "loop", image, point)
        if done.returncode != 0:
            self.skipTest(f"no {kind} can be mounted here: {done.stderr.strip()}")
        self.addCleanup(run, "umount", point)
        return point

    def health(self, emulator):
        status, _, body = raw(emulator.url, "", b"", method="GET", path="/_millrace/health")
        return status, json.loads(body)

    def put(self, emulator, number, size=60_000):
        """True: acknowledged; False: InternalFailure; anything else fails the test."""
        data = json.dumps({"n": number}) + "." * size
        body = {"StreamName": "s", "Data": b64(data), "PartitionKey": "k"}
        status, _, answer = raw(emulator.url, "PutRecord", body)
        if status == 200:
            return True
        self.assertEqual((status, json.loads(answer)["__type"]), (500, "InternalFailure"), answer)
        return False

    def fill(self, emulator, numbers, acknowledged, refused):
        """Puts until one is refused; says which were taken."""
        for _ in range(2000):
            n = next(numbers)
            if not self.put(emulator, n):
                refused.append(n)
                return
            acknowledged.append(n)
        self.fail("the disk never became full")

    def fill_until_read_only(self, emulator, numbers, acknowledged, refused):
        """Fills until health, too, says that changes are refused; gives back what it says.

        A put that is too large for what is left is refused, and what it would have taken is free
        again: the emulator may well find so before health is asked, and is then filled further.
        """
        for _ in range(100):
            self.fill(emulator, numbers, acknowledged, refused)
            status, said = self.health(emulator)
            if status == 503:
                return said
        self.fail(f"puts are refused and health says {said}")

    def numbers(self, emulator):
        return [json.loads(r["Data"].rstrip(b"."))["n"] for r in read_shard(emulator.client(), "s")]

    def check_rounds(self, data, squeeze, release):
        numbers, acknowledged, refused = iter(range(100_000)), [], []
        with Emulator(data) as emulator:
            client = emulator.client()
            client.create_stream(StreamName="s", ShardCount=1)
            wait_active(client, "s")
            for _ in range(20):
                self.assertTrue(self.put(emulator, next(numbers), 100))
                acknowledged.append(len(acknowledged))
            for _ in range(3):
                squeeze(emulator)
                said = self.fill_until_read_only(emulator, numbers, acknowledged, refused)
                self.assertEqual(said["status"], "read-only")
                self.assertTrue(said["reason"], said)
                # Reads go on, and show what was acknowledged and nothing else.
                self.assertEqual(self.numbers(emulator), acknowledged)
                for _ in range(3):
                    n = next(numbers)
                    (acknowledged if self.put(emulator, n, 200_000) else refused).append(n)
                release(emulator)
                wait_until(lambda: self.health(emulator)[0] == 200, "the emulator to take writes again")

                def goes_through():
                    n = next(numbers)
                    done = self.put(emulator, n, 100)
                    (acknowledged if done else refused).append(n)
                    return done

                wait_until(goes_through, "a put to go through")
                self.assertEqual(self.numbers(emulator), acknowledged)
            self.assertTrue(refused)
            output = emulator.program.output()
            self.assertIn("changes are refused until the disk takes them again", output)
            self.assertIn("the disk takes changes again", output)
            emulator.restart(kill=True)
            self.assertEqual(self.numbers(emulator), acknowledged)
            emulator.stop()
        shell = run("sqlite3", pathlib.Path(data) / "millrace.db", "PRAGMA integrity_check")
        self.assertEqual(shell.stdout.strip(), "ok", shell.stderr)

    def check_mounted(self, kind):
        point = self.mounted(kind)
        filler = point / "filler"

        def squeeze(_):
            # All but two MiB.
            free = os.statvfs(point)
            with filler.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, max(4096, free.f_bavail * free.f_bsize - (2 << 20)))

        self.check_rounds(point / "data", squeeze, lambda _: filler.unlink())

    def test_a_full_tmpfs(self):
        self.check_mounted("tmpfs")

    def test_a_full_ext4(self):
        self.check_mounted("ext4")

    def test_a_limit_on_the_size_of_files(self):
        data = temporary_directory(self) / "data"

        def squeeze(emulator):
            largest = max(path.stat().st_size for path in data.glob("millrace.db*"))
            unlimited = resource.RLIM_INFINITY
            resource.prlimit(emulator.pid, resource.RLIMIT_FSIZE, (largest + (1 << 20), unlimited))

        def release(emulator):
            unlimited = resource.RLIM_INFINITY
            resource.prlimit(emulator.pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))

        self.check_rounds(data, squeeze, release)

    def test_a_start_on_a_full_disk_says_so_and_ends_with_1(self):
        point = self.mounted("tmpfs")
        free = os.statvfs(point)
        with (point / "filler").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_bsize - 8192)
        data = point / "data"
        for _ in range(2):  # the first leaves no mess that the second would stumble over
            with Program(
                [BIN / "millrace-emulator", "--listen", "127.0.0.1:0", "--data", data], env=aws_environment()
            ) as program:
                self.assertEqual(program.wait_exit(), 1)
                self.assertRegex(program.output(), r"millrace\.db.*(full|disk I/O error)")
        (point / "filler").unlink()
        with Emulator(data) as emulator:
            self.assertEqual(emulator.client().list_streams()["StreamNames"], [])

    def test_a_data_directory_that_cannot_be_made_is_named(self):
        file = temporary_directory(self) / "file"
        file.write_text("no directory")
        with Program(
            [BIN / "millrace-emulator", "--listen", "127.0.0.1:0", "--data", file / "data"], env=aws_environment()
        ) as program:
            self.assertEqual(program.wait_exit(), 1)
            self.assertIn(str(file / "data"), program.output())


if __name__ == "__main__":
    unittest.main()
