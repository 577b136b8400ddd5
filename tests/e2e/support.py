"""Starts and stops the three programs for the end-to-end tests, and talks to the emulator.

Every program is started on a port of its own choosing and with a directory of its own, and ended by
its process id with a time limit, so any number of tests can run side by side. A program that says
something unexpected shows its last lines in the test's failure.

MILLRACE_BIN names the folder with the programs (ctest sets it; default build/release/bin).
MILLRACE_TEST_ENDPOINT, when set, points the tests of the API alone at a server that runs already.
"""
import base64
import collections
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

import boto3
import botocore.config
import botocore.exceptions

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MILLRACE_BIN", ROOT / "build/release/bin"))


def is_sanitized():
    """Whether the programs are built with a sanitizer: both keep freed memory and shadows of it."""
    linked = subprocess.run(["ldd", BIN / "millrace-emulator"], capture_output=True, check=False)
    return b"libasan" in linked.stdout or b"libtsan" in linked.stdout
ENDPOINT = os.environ.get("MILLRACE_TEST_ENDPOINT")
ACCOUNT = os.environ.get("MILLRACE_TEST_ACCOUNT", "000000000000")
REGION = "us-east-1"
# Generous: a loaded two-core machine under sanitizers must not make a test fail.
PATIENCE_S = float(os.environ.get("MILLRACE_TEST_PATIENCE_S", "60"))


def wait_until(check, what, limit_s=None, pause_s=0.02):
    """The first true value of check(); fails the test, naming `what`, when limit_s have passed."""
    deadline = time.monotonic() + (limit_s or PATIENCE_S)
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {limit_s or PATIENCE_S:.0f} s in vain for {what}")
        time.sleep(pause_s)


def aws_environment(url=None, **extra):
    """The environment of a user who points standard AWS tools at `url`, and nothing of ours."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MILLRACE_"))}
    env.update(
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_DEFAULT_REGION=REGION,
        AWS_REGION=REGION,
        AWS_CONFIG_FILE="/nonexistent",
        AWS_SHARED_CREDENTIALS_FILE="/nonexistent",
        AWS_EC2_METADATA_DISABLED="true",
    )
    if url:
        env["AWS_ENDPOINT_URL"] = url
    env.update(extra)
    return env


class Program:
    """One running program. Owned by the test; stop() or kill() must be called (use `with`)."""

    def __init__(self, arguments, env=None, keep=2000):
        self.arguments = [str(a) for a in arguments]
        self.lines = collections.deque(maxlen=keep)
        self._grown = threading.Condition()
        self._count = 0
        self.process = subprocess.Popen(
            self.arguments,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self._grown:
                self.lines.append(line.rstrip("\n"))
                self._count += 1
                self._grown.notify_all()
        with self._grown:
            self._grown.notify_all()

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process.poll() is None

    def output(self):
        return "\n".join(self.lines)

    def wait_line(self, pattern, limit_s=None):
        """The match of the first line, seen or to come, that `pattern` (a regex) is found in."""
        deadline = time.monotonic() + (limit_s or PATIENCE_S)
        regex = re.compile(pattern)
        while True:
            with self._grown:
                for line in self.lines:
                    found = regex.search(line)
                    if found:
                        return found
                ended = not self.running() and not self._reader.is_alive()
                left = deadline - time.monotonic()
                if left > 0 and not ended:
                    self._grown.wait(min(left, 0.5))
                    continue
            raise AssertionError(
                f"{self.arguments[0]} {'ended' if ended else 'gave'} no line like {pattern!r}"
                f" (exit code {self.process.poll()}); it said:\n{self.output()}"
            )

    def wait_exit(self, limit_s=None):
        """The exit code; a program that does not end in time is killed and the test fails."""
        try:
            code = self.process.wait(limit_s or PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"{' '.join(self.arguments)} did not end; it said:\n{self.output()}"
            ) from None
        self._reader.join(5)
        return code

    def stop(self, sign=signal.SIGTERM, limit_s=None):
        if self.running():
            self.process.send_signal(sign)
        return self.wait_exit(limit_s)

    def kill(self):
        if self.running():
            self.process.kill()
        self.process.wait()
        self._reader.join(5)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.kill()
        self.process.stdout.close()


class Emulator:
    """A running millrace-emulator. `data` None means --memory. restart() keeps port and data."""

    def __init__(self, data=None, arguments=(), transition_ms=20, limits="off", env=None):
        self.data = data
        self.env = env or {}
        self.arguments = list(arguments)
        self.transition_ms = transition_ms
        self.limits = limits
        self.program = None
        self.port = 0
        self.start()

    def start(self):
        where = ["--data", self.data] if self.data else ["--memory"]
        self.program = Program(
            [BIN / "millrace-emulator", "--listen", f"127.0.0.1:{self.port}", *where]
            + ["--transition-ms", self.transition_ms, "--limits", self.limits, *self.arguments],
            env=aws_environment(**self.env),
        )
        try:
            found = self.program.wait_line(r"listening on http://127\.0\.0\.1:(\d+)")
            self.port = int(found[1])
            self.program.wait_line(r"Ready\.")
        except BaseException:
            self.program.__exit__(None, None, None)
            raise

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self.program.pid

    def stop(self):
        """SIGTERM; the promise is exit 0 within 5 s (with room for a slow machine)."""
        code = self.program.stop(limit_s=20)
        if code != 0:
            raise AssertionError(f"SIGTERM ended the emulator with {code}:\n{self.program.output()}")

    def kill(self):
        self.program.kill()

    def restart(self, kill=False):
        self.kill() if kill else self.stop()
        self.program.process.stdout.close()
        self.start()

    def client(self, **config):
        return kinesis(self.url, **config)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.program.__exit__(kind, value, trace)


class Elsewhere:
    """Stands in for Emulator when MILLRACE_TEST_ENDPOINT names a running server."""

    url = ENDPOINT

    def client(self, **config):
        return kinesis(ENDPOINT, **config)

    def stop(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def kinesis(url, region=REGION, access_key="test", retries=0, validate=True):
    """A boto3 client that does not retry by itself, so that every reply is seen as it came."""
    session = boto3.session.Session(
        aws_access_key_id=access_key, aws_secret_access_key="test", region_name=region
    )
    return session.client(
        "kinesis",
        endpoint_url=url,
        config=botocore.config.Config(
            retries={"total_max_attempts": retries + 1, "mode": "standard"},
            parameter_validation=validate,
            connect_timeout=10,
            read_timeout=PATIENCE_S,
        ),
    )


class ApiTest(unittest.TestCase):
    """A test case with one emulator in memory for the whole class, and streams that are its own."""

    maxDiff = None
    arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.emulator = Elsewhere() if ENDPOINT else Emulator(arguments=cls.arguments)
        cls.kinesis = cls.emulator.client()
        cls.unchecked = cls.emulator.client(validate=False)

    @classmethod
    def tearDownClass(cls):
        try:
            cls.emulator.stop()  # exit code 0, also from a sanitizer's point of view
        finally:
            cls.emulator.__exit__(None, None, None)

    def stream(self, shards=1, suffix=""):
        """Makes a stream named after the test, waits for ACTIVE, deletes it when the test is over."""
        name = self.id().rsplit(".", 1)[-1][:100] + suffix
        self.kinesis.create_stream(StreamName=name, ShardCount=shards)
        wait_active(self.kinesis, name)
        self.addCleanup(delete_stream, self.kinesis, name)
        return name

    def refused(self, call, code, message, **arguments):
        """Asserts that call(**arguments) raises the botocore exception `code` with this message."""
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**arguments)
        answer = caught.exception.response
        self.assertEqual(answer["Error"]["Code"], code, answer["Error"])
        if isinstance(message, re.Pattern):
            self.assertRegex(answer["Error"]["Message"], message)
        else:
            self.assertEqual(answer["Error"]["Message"], message)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 400)
        self.assertRegex(answer["ResponseMetadata"]["RequestId"], r"^[0-9a-f-]{36}$")
        modeled = getattr(self.kinesis.exceptions, code, None)
        if code.endswith("Exception") and code not in ("ValidationException", "SerializationException"):
            self.assertIsNotNone(modeled, f"{code} is not in botocore's model")
            self.assertIsInstance(caught.exception, modeled)
        return caught.exception


def wait_active(client, name):
    def active():
        summary = client.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        return summary["StreamStatus"] == "ACTIVE"

    wait_until(active, f"stream {name} to become ACTIVE")


def delete_stream(client, name):
    try:
        client.delete_stream(StreamName=name, EnforceConsumerDeletion=True)
    except client.exceptions.ResourceNotFoundException:
        return

    def gone():
        try:
            client.describe_stream_summary(StreamName=name)
            return False
        except client.exceptions.ResourceNotFoundException:
            return True

    wait_until(gone, f"stream {name} to be gone")


def shard_ids(client, name):
    pages = client.get_paginator("list_shards").paginate(StreamName=name)
    return [shard["ShardId"] for page in pages for shard in page["Shards"]]


def iterator(client, name, shard="shardId-000000000000", kind="TRIM_HORIZON", **more):
    answer = client.get_shard_iterator(
        StreamName=name, ShardId=shard, ShardIteratorType=kind, **more
    )
    return answer["ShardIterator"]


def read_shard(client, name, shard="shardId-000000000000", kind="TRIM_HORIZON", limit=10000, **more):
    """All records from the iterator up to the tip (MillisBehindLatest 0 with an empty page)."""
    records, position = [], iterator(client, name, shard, kind, **more)
    while position:
        page = client.get_records(ShardIterator=position, Limit=limit)
        records += page["Records"]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            return records
        position = page.get("NextShardIterator")
    return records


def read_stream(client, name):
    return {shard: read_shard(client, name, shard) for shard in shard_ids(client, name)}


def raw(url, target, body, headers=None, method="POST", path="/"):
    """One HTTP request as written, without an SDK. Gives (status, headers as a dict, body bytes)."""
    where = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE_S)
    sent = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"Kinesis_20131202.{target}",
        "X-Amz-Date": "20261122T000000Z",
        "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20261122/{REGION}/kinesis/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0",
    }
    for name, value in (headers or {}).items():
        if value is None:
            sent.pop(name, None)
        else:
            sent[name] = value
    data = body if isinstance(body, (bytes, str)) else json.dumps(body)
    try:
        connection.request(method, path, body=data, headers=sent)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def advance_clock(emulator, milliseconds):
    """Moves the emulator's clock on; what it is ahead stays in its data."""
    body = json.dumps({"advance_ms": milliseconds})
    status, _, answer = raw(emulator.url, "", body, {"Content-Type": "application/json"}, path="/_millrace/api/clock")
    if status != 200:
        raise AssertionError(f"the clock: {status} {answer!r}")


def temporary_directory(test):
    """A directory that goes away with the test."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="millrace-e2e-"))
    test.addCleanup(shutil.rmtree, path, ignore_errors=True)
    return path


def b64(data):
    return base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()
