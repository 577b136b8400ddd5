"""What users of kinesis-mock, LocalStack, kinesalite and ferrokinesis have set already is honoured."""
import json
import re
import socket
import subprocess
import unittest

from tests.e2e.support import BIN, ROOT, Program, aws_environment, kinesis, raw, temporary_directory

DEAD = "is not honoured"


class Started:
    """The emulator with this environment and these options, on a free port unless they say otherwise."""

    def __init__(self, test, environment=None, options=(), listen=True):
        clean = {k: v for k, v in aws_environment().items() if k not in ("AWS_REGION", "DEBUG", "LOG_LEVEL")}
        self.folder = temporary_directory(test)
        where = ["--listen", "127.0.0.1:0"] if listen else []
        arguments = [str(BIN / "millrace-emulator"), *where, *options]
        self.program = Program(["env", "-C", str(self.folder), *arguments], env=clean | (environment or {}))
        test.addCleanup(self.program.process.stdout.close)
        test.addCleanup(self.program.kill)
        self.program.wait_line(r"^Ready\.$")
        self.url = "http://127.0.0.1:" + self.program.wait_line(r"listening on http://[0-9.]+:(\d+)")[1]
        self.output = self.program.output()

    def client(self, **more):
        return kinesis(self.url, **more)


class Environment(unittest.TestCase):
    def start(self, environment=None, options=(), **more):
        return Started(self, environment, options, **more)

    def test_limits(self):
        for name in ("SHARD_LIMIT", "KINESIS_SHARD_LIMIT", "FERROKINESIS_SHARD_LIMIT"):
            with self.subTest(name):
                said = self.start({name: "7"}, ["--memory"]).client().describe_limits()
                self.assertEqual(said["ShardLimit"], 7)
        for name in ("ON_DEMAND_STREAM_COUNT_LIMIT", "KINESIS_ON_DEMAND_STREAM_COUNT_LIMIT"):
            with self.subTest(name):
                said = self.start({name: "3"}, ["--memory"]).client().describe_limits()
                self.assertEqual(said["OnDemandStreamCountLimit"], 3)
        said = self.start({"SHARD_LIMIT": "7"}, ["--memory", "--shard-limit", "9"]).client().describe_limits()
        self.assertEqual(said["ShardLimit"], 9)  # our own goes first

    def test_account_region_and_streams(self):
        environment = {"AWS_ACCOUNT_ID": "123456789012", "AWS_REGION": "eu-west-1", "INITIALIZE_STREAMS": "a:2,b:1:us-west-2,c"}
        client = self.start(environment, ["--memory"]).client(region="eu-west-1")
        self.assertEqual(client.list_streams()["StreamNames"], ["a", "c"])
        summary = client.describe_stream_summary(StreamName="a")["StreamDescriptionSummary"]
        self.assertEqual(summary["StreamARN"], "arn:aws:kinesis:eu-west-1:123456789012:stream/a")
        self.assertEqual(summary["OpenShardCount"], 2)
        other = self.start({"KINESIS_INITIALIZE_STREAMS": "d:1"}, ["--memory"])
        self.assertEqual(other.client().list_streams()["StreamNames"], ["d"])

    def test_durations(self):
        def status(environment, options=()):
            client = self.start(environment, ["--memory", *options]).client()
            client.create_stream(StreamName="s", ShardCount=1)
            return client.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamStatus"]

        for environment in ({"CREATE_STREAM_DURATION": "10 minutes"}, {"KINESIS_LATENCY": "600000"},
                            {"FERROKINESIS_CREATE_STREAM_MS": "600000"}):  # fmt: skip
            with self.subTest(environment):
                self.assertEqual(status(environment), "CREATING")
        self.assertEqual(status({"CREATE_STREAM_DURATION": "0ms"}), "ACTIVE")
        self.assertEqual(status({}, ["--createStreamMs", "600000"]), "CREATING")
        differing = self.start({"CREATE_STREAM_DURATION": "1s", "MERGE_SHARDS_DURATION": "2s"}, ["--memory"])
        self.assertIn("2000 ms, the longest, is taken for all", differing.output)

    def test_where_data_is(self):
        kept = self.start({"PERSIST_PATH": "here", "SHOULD_PERSIST_DATA": "true"})
        self.assertTrue((kept.folder / "here/millrace.db").exists(), kept.output)
        kept = self.start({"FERROKINESIS_STATE_DIR": "there"})
        self.assertTrue((kept.folder / "there/millrace.db").exists(), kept.output)
        kept = self.start(options=["--path", "kinesalite"])
        self.assertTrue((kept.folder / "kinesalite/millrace.db").exists(), kept.output)
        for environment in ({"SHOULD_PERSIST_DATA": "false"}, {"KINESIS_PERSISTENCE": "0"}, {"PERSISTENCE": "0"},
                            {"SHOULD_PERSIST_DATA": "false", "MILLRACE_DATA": "image"}):  # fmt: skip
            with self.subTest(environment):
                self.assertIn("data in memory", self.start(environment).output)
        self.assertIn("data in mine", self.start({"SHOULD_PERSIST_DATA": "false"}, ["--data", "mine"]).output)

    def test_ports(self):
        plain, tls, other = free_ports(3)
        said = self.start({"KINESIS_MOCK_PLAIN_PORT": plain, "KINESIS_MOCK_TLS_PORT": tls}, ["--memory"])
        for port in (plain, tls):
            self.assertEqual(raw(f"http://127.0.0.1:{port}", "ListStreams", {})[0], 200)
        said = self.start(options=["--memory", "--port", other], listen=False)
        self.assertEqual(said.url, f"http://127.0.0.1:{other}")
        gateway = self.start({"GATEWAY_LISTEN": "127.0.0.1:0"}, ["--memory"], listen=False)
        self.assertNotEqual(gateway.url, "http://127.0.0.1:4566")

    def test_kinesalites_flags(self):
        started = self.start(options=["--memory", "--ssl", "--shardLimit", "6", "--deleteStreamMs", "10", "--updateStreamMs", "20"])
        self.assertEqual(started.client().describe_limits()["ShardLimit"], 6)

    def test_rates(self):
        self.assertIn("limits off", self.start({"KINESIS_MOCK_ENFORCE_RATE_LIMITS": "false"}, ["--memory"]).output)
        self.assertIn("limits aws", self.start({"FERROKINESIS_ENFORCE_LIMITS": "1"}, ["--memory"]).output)

    def test_what_has_no_meaning_here_is_said(self):
        names = ["KINESIS_MOCK_CERT_PATH", "KINESIS_MOCK_MAXIMUM_HEAP_SIZE", "KINESIS_ERROR_PROBABILITY", "PERSIST_INTERVAL",
                 "KINESIS_MOCK_PERSIST_INTERVAL", "KINESIS_MOCK_PROVIDER_ENGINE", "FERROKINESIS_MIRROR_TO"]  # fmt: skip
        output = self.start(dict.fromkeys(names, "512m") | {"SERVICES": "kinesis,s3,sqs"}, ["--memory"]).output
        for name in names:
            self.assertIn(f"{name} {DEAD}", output)
        self.assertIn("SERVICES names s3, sqs: only kinesis is served here", output)

    def test_values_that_mean_nothing_are_refused_by_name(self):
        for name, value in (("SHARD_LIMIT", "many"), ("AWS_ACCOUNT_ID", "12"), ("CREATE_STREAM_DURATION", "soon"),
                            ("SHOULD_PERSIST_DATA", "perhaps"), ("KINESIS_MOCK_PLAIN_PORT", "70000"),
                            ("INITIALIZE_STREAMS", "a:x")):  # fmt: skip
            with self.subTest(name):
                done = subprocess.run([BIN / "millrace-emulator", "--memory", "--listen", "127.0.0.1:0"],
                                      env=aws_environment() | {name: value}, capture_output=True, text=True,
                                      timeout=30, check=False)  # fmt: skip
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertRegex(done.stdout + done.stderr, name if name != "INITIALIZE_STREAMS" else "a:x")

    def test_every_name_stands_in_the_tables(self):
        """docs/migrating.md and the program know the same names."""
        source = (ROOT / "emulator/adopted_names.cpp").read_text()
        docs = (ROOT / "docs/migrating.md").read_text()
        names = set(re.findall(r'"([A-Z][A-Z_]+[A-Z])"', source))
        self.assertGreater(len(names), 40)
        self.assertEqual(sorted(name for name in names if f"`{name}`" not in docs), [])


def free_ports(count):
    socks = [socket.socket() for _ in range(count)]
    for sock in socks:
        sock.bind(("127.0.0.1", 0))
    ports = [str(sock.getsockname()[1]) for sock in socks]
    for sock in socks:
        sock.close()
    return ports


class Health(unittest.TestCase):
    def test_localstacks_health(self):
        started = Started(self, options=["--memory"])
        status, headers, body = raw(started.url, "", b"", method="GET", path="/_localstack/health")
        said = json.loads(body)
        self.assertEqual((status, headers["content-type"]), (200, "application/json"))
        self.assertEqual(said["services"], {"kinesis": "running"})
        self.assertIn("edition", said)
        self.assertIn("version", said)


if __name__ == "__main__":
    unittest.main()
