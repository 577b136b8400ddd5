"""Channels through boto3: records become objects in a directory or in S3, and a crash loses none of them."""
import ctypes
import ctypes.util
import gzip
import json
import os
import pathlib
import subprocess
import sys
import threading
import unittest

import boto3
import botocore.exceptions

from tests.e2e.support import (
    ACCOUNT,
    ENDPOINT,
    REGION,
    Emulator,
    Program,
    aws_environment,
    raw,
    temporary_directory,
    wait_active,
    wait_until,
)

ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}"


def unzstd(data):
    library = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
    library.ZSTD_decompress.restype = library.ZSTD_isError.restype = ctypes.c_size_t
    out = ctypes.create_string_buffer(1 << 24)
    size = ctypes.c_size_t(library.ZSTD_decompress(out, ctypes.c_size_t(len(out)), data, ctypes.c_size_t(len(data))))
    if library.ZSTD_isError(size):
        raise AssertionError("not zstd")
    return out.raw[: size.value]


def objects(folder, bucket):
    """Key to content of every object in a bucket that is a directory."""
    root = pathlib.Path(folder) / bucket
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file() and not p.name.startswith(".")}


def make_stream(client, name):
    client.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    wait_active(client, name)


def make_channel(client, stream, name="files", form="JSON", compression="NONE", **storage):
    """A channel that is ACTIVE; its description."""
    made = client.create_channel(
        ChannelName=name,
        ServiceExecutionRoleARN=f"arn:aws:iam::{ACCOUNT}:role/deliver",
        StreamConfigurationList=[{"StreamARN": f"{ARN}:stream/{stream}", "RecordConfiguration": {"RecordFormatType": form}}],
        S3DestinationConfiguration={
            "StorageConfiguration": {
                "BucketARN": "arn:aws:s3:::records",
                "ExpectedBucketOwner": "123456789012",
                "CompressionType": compression,
                **storage,
            }
        },
        Tags={"team": "trading"},
    )["ChannelDescription"]
    arn = made["ChannelARN"]
    assert made["ChannelStatus"] in ("CREATING", "ACTIVE"), made

    def active():
        found = client.describe_channel(ChannelARN=arn)["ChannelDescription"]
        return found if found["ChannelStatus"] == "ACTIVE" else None

    return wait_until(active, f"channel {name} to become ACTIVE")


def pass_time(emulator, seconds):
    status, _, body = raw(emulator.url, "", {"advance_ms": seconds * 1000}, path="/_millrace/api/clock")
    assert status == 200, body


def parallel(count, work):
    threads = [threading.Thread(target=work, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    return threads


@unittest.skipIf(ENDPOINT, "starts emulators of its own")
class Files(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_directory(self)

    def test_records_wait_for_the_freshness_and_lie_in_the_bucket_then(self):
        with Emulator(self.folder / "data") as emulator:
            client = emulator.client()
            make_stream(client, "trades")
            client.put_record(StreamName="trades", Data=b'{"before":true}', PartitionKey="k")
            made = make_channel(client, "trades", compression="GZIP")
            sent = [json.dumps({"n": n}).encode() for n in range(200)]
            for start in range(0, 200, 100):
                answer = client.put_records(
                    StreamName="trades",
                    Records=[{"Data": d, "PartitionKey": str(i)} for i, d in enumerate(sent[start : start + 100])],
                )
                self.assertEqual(answer["FailedRecordCount"], 0)
            client.put_record(StreamName="trades", Data=b'{"no', PartitionKey="k")
            bucket = self.folder / "data/channels"
            self.assertEqual(objects(bucket, "records"), {})
            pass_time(emulator, 300)
            found = wait_until(
                lambda: (lambda all_: all_ if sum(k.endswith(".gz") for k in all_) == 4 and len(all_) == 5 else None)(objects(bucket, "records")),
                "an object of every shard, and one of dead letters",
            )
            lines = []
            for key, data in found.items():
                if key.endswith(".gz"):
                    self.assertRegex(
                        key, rf"^kinesis-channel/files/{made['ChannelId']}/\d{{4}}/\d\d/\d\d/\d\d/files-{made['ChannelId']}-[-\d]+-[0-9a-f]{{8}}\.gz$"
                    )
                    lines += gzip.decompress(data).splitlines()
                else:
                    self.assertTrue(key.startswith(f"kinesis-channel/errors/files/{made['ChannelId']}/"), key)
                    letter = json.loads(data)
                    self.assertEqual(letter["errorCode"], "InvalidJson")
                    self.assertEqual(letter["streamARN"], f"{ARN}:stream/trades")
            self.assertEqual(sorted(lines), sorted(sent))
            emulator.stop()

    def test_zstd_and_a_template_of_ones_own(self):
        with Emulator(self.folder / "data", ["--channel-dir", self.folder / "out", "--channel-freshness-ms", "0"]) as emulator:
            client = emulator.client()
            make_stream(client, "s")
            make_channel(client, "s", form="STRING", compression="ZSTD", OutputKeyTemplate="stream=!{stream-name}/year=!{yyyy}/part!{extension:.txt.zst}")
            client.put_record(StreamName="s", Data="Gr\u00fc\u00dfe".encode(), PartitionKey="k")
            found = wait_until(lambda: objects(self.folder / "out", "records"), "the object")
            (key, data), = found.items()
            self.assertRegex(key, r"^stream=s/year=20\d\d/part-\d+-\d+-[0-9a-f]{8}\.txt\.zst$")
            self.assertEqual(unzstd(data), "Gr\u00fc\u00dfe\n".encode())

    def test_a_channel_that_is_deleted_delivers_no_more(self):
        with Emulator(self.folder / "data") as emulator:
            client = emulator.client()
            make_stream(client, "s")
            arn = make_channel(client, "s")["ChannelARN"]
            with self.assertRaises(client.exceptions.ResourceInUseException):
                client.delete_stream(StreamName="s")
            client.put_record(StreamName="s", Data=b"1", PartitionKey="k")
            client.delete_channel(ChannelARN=arn)

            def gone():
                try:
                    client.describe_channel(ChannelARN=arn)
                except client.exceptions.ResourceNotFoundException:
                    return True

            wait_until(gone, "the channel to be gone")
            pass_time(emulator, 1000)
            # Another channel proves that time has passed.
            make_channel(client, "s", name="next")
            client.put_record(StreamName="s", Data=b"2", PartitionKey="k")
            pass_time(emulator, 300)
            found = wait_until(lambda: objects(self.folder / "data/channels", "records"), "an object")
            self.assertEqual(list(found.values()), [b"2\n"])

    def test_a_full_description_survives_a_restart_and_so_does_what_waits(self):
        with Emulator(self.folder / "data") as emulator:
            client = emulator.client()
            make_stream(client, "s")
            made = make_channel(client, "s")
            client.put_record(StreamName="s", Data=b"1", PartitionKey="k")
            emulator.restart()
            client = emulator.client()
            self.assertEqual(client.describe_channel(ChannelARN=made["ChannelARN"])["ChannelDescription"], made)
            self.assertEqual(client.list_tags_for_resource(ResourceARN=made["ChannelARN"])["Tags"], [{"Key": "team", "Value": "trading"}])
            pass_time(emulator, 300)
            wait_until(lambda: list(objects(self.folder / "data/channels", "records").values()) == [b"1\n"], "the object")

    def test_sigkill_under_load_loses_nothing_and_doubles_nothing(self):
        out = self.folder / "out"
        with Emulator(self.folder / "data", ["--channel-dir", out, "--channel-freshness-ms", "20"]) as emulator:
            client = emulator.client(retries=0)
            make_stream(client, "s")
            make_channel(client, "s", form="STRING", compression="GZIP", OutputKeyTemplate="x!{extension}")
            acknowledged, stop = [], threading.Event()

            def work(index):
                mine = emulator.client()
                for n in range(1_000_000):
                    if stop.is_set():
                        return
                    text = f"{index}:{n}"
                    try:
                        mine.put_record(StreamName="s", Data=text.encode(), PartitionKey=text)
                    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
                        continue  # whether it is stored nobody knows
                    acknowledged.append(text)

            threads = parallel(3, work)
            try:
                for round_ in range(1, 6):
                    wait_until(lambda: len(objects(out, "records")) >= 8 * round_, "objects")
                    emulator.restart(kill=True)
            finally:
                stop.set()
                for thread in threads:
                    thread.join()

            def delivered():
                return [line for data in objects(out, "records").values() for line in gzip.decompress(data).decode().splitlines()]

            wanted = set(acknowledged)
            wait_until(lambda: wanted.issubset(delivered()), f"all {len(wanted)} records in objects")
            lines = delivered()
            self.assertEqual(len(lines), len(set(lines)), "a record lies in two objects")
            self.assertGreater(len(wanted), 40)


@unittest.skipIf(ENDPOINT, "starts emulators of its own")
class S3(unittest.TestCase):
    """Against moto, a stand-in for S3 that others wrote."""

    def test_objects_are_put_into_s3_and_a_missing_bucket_is_waited_for(self):
        try:
            import moto.server  # noqa: F401
        except ImportError:
            if os.environ.get("CI"):
                raise
            self.skipTest("moto is not installed; tests/requirements.txt names it")
        with Program([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], env=aws_environment()) as server:
            port = server.wait_line(r"Running on http://127\.0\.0\.1:(\d+)")[1]
            url = f"http://127.0.0.1:{port}"
            s3 = boto3.client(
                "s3", endpoint_url=url, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test",
                config=boto3.session.Config(s3={"addressing_style": "path"}),
            )
            arguments = ["--channel-s3-endpoint", url, "--channel-freshness-ms", "0"]
            with Emulator(None, arguments) as emulator:
                client = emulator.client()
                make_stream(client, "s")
                arn = make_channel(client, "s", form="BYTE_ARRAY", StorageClass="INTELLIGENT_TIERING", OutputKeyTemplate="a=b/(c)!{extension:.bin}")["ChannelARN"]
                client.put_record(StreamName="s", Data=b"\x00\xff", PartitionKey="k")

                def reason():
                    found = client.describe_channel(ChannelARN=arn)["ChannelDescription"]
                    self.assertEqual(found["ChannelStatus"], "ACTIVE")
                    return found.get("ChannelStatusReason", "")

                wait_until(lambda: "NoSuchBucket" in reason(), "the channel to say what is wrong")
                s3.create_bucket(Bucket="records")
                pass_time(emulator, 60)
                wait_until(lambda: reason() == "", "the channel to deliver")
                listed = s3.list_objects_v2(Bucket="records")["Contents"]
                self.assertEqual(len(listed), 1)
                self.assertRegex(listed[0]["Key"], r"^a=b/\(c\)-\d+-\d+-[0-9a-f]{8}\.bin$")
                self.assertEqual(listed[0]["StorageClass"], "INTELLIGENT_TIERING")
                got = s3.get_object(Bucket="records", Key=listed[0]["Key"])
                self.assertEqual(got["Body"].read(), b"\x00\xff")
                self.assertEqual(got["ContentType"], "application/octet-stream")
                emulator.stop()


@unittest.skipIf(ENDPOINT, "starts emulators of its own")
class Flags(unittest.TestCase):
    def test_a_directory_and_an_endpoint_exclude_each_other(self):
        from tests.e2e.support import BIN

        ended = subprocess.run(
            [BIN / "millrace-emulator", "--memory", "--channel-dir", "x", "--channel-s3-endpoint", "http://127.0.0.1:1"],
            capture_output=True, text=True, timeout=60, env=aws_environment(),
        )
        self.assertEqual(ended.returncode, 2)
        self.assertIn("excludes", ended.stderr + ended.stdout)

    def test_an_emulator_in_memory_without_a_place_for_objects_says_so(self):
        with Emulator(None, ["--channel-freshness-ms", "0"]) as emulator:
            client = emulator.client()
            make_stream(client, "s")
            arn = make_channel(client, "s")["ChannelARN"]
            client.put_record(StreamName="s", Data=b"1", PartitionKey="k")
            found = wait_until(
                lambda: client.describe_channel(ChannelARN=arn)["ChannelDescription"].get("ChannelStatusReason"), "the reason"
            )
            self.assertIn("--channel-dir or --channel-s3-endpoint", found)


if __name__ == "__main__":
    unittest.main()
