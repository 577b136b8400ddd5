"""TLS on the same port: our own authority, its certificate, ALPN, and certificates that users bring."""
import http.client
import json
import os
import pathlib
import shutil
import socket
import ssl
import stat
import subprocess
import unittest
import urllib.parse
import urllib.request

import boto3
import botocore.config
import httpx

from tests.e2e.support import BIN, ApiTest, Emulator, PATIENCE_S, Program, aws_environment, temporary_directory, wait_until
from tests.e2e.test_http2 import Client
from tests.e2e.test_subscribe import Reading

SHARD = "shardId-000000000000"


def authority(test, url):
    """The file with the emulator's own authority, fetched as a user would."""
    with urllib.request.urlopen(url + "/_millrace/ca.pem", timeout=PATIENCE_S) as answer:
        pem = answer.read()
    path = temporary_directory(test) / "ca.pem"
    path.write_bytes(pem)
    return path


def shown(port, ca, name="localhost", protocols=None, **options):
    """A finished handshake with the server's certificate checked against `ca` and `name`."""
    context = ssl.create_default_context(cafile=str(ca))
    if protocols:
        context.set_alpn_protocols(protocols)
    for key, value in options.items():
        setattr(context, key, value)
    sock = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    return context.wrap_socket(sock, server_hostname=name)


class Tls(ApiTest):
    arguments = ("--tls-name", "kinesis.test", "--tls-name", "10.1.2.3")

    def setUp(self):
        self.port = urllib.parse.urlsplit(self.emulator.url).port
        self.ca = authority(self, self.emulator.url)

    def https(self, **options):
        return boto3.session.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
        ).client(
            "kinesis",
            endpoint_url=f"https://localhost:{self.port}",
            verify=str(self.ca),
            config=botocore.config.Config(retries={"total_max_attempts": 1}),
            **options,
        )

    def test_boto3_over_tls_a_subscription_included(self):
        name = self.stream()
        kinesis = self.https()
        kinesis.put_record(StreamName=name, PartitionKey="k", Data=b"x" * 900_000)
        place = kinesis.get_shard_iterator(StreamName=name, ShardId=SHARD, ShardIteratorType="TRIM_HORIZON")
        self.assertEqual(kinesis.get_records(**{"ShardIterator": place["ShardIterator"]})["Records"][0]["Data"], b"x" * 900_000)
        arn = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
        consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
        wait_until(
            lambda: kinesis.describe_stream_consumer(ConsumerARN=consumer)["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE",
            "the consumer",
        )
        reading = Reading(
            kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId=SHARD, StartingPosition={"Type": "TRIM_HORIZON"})
        )
        wait_until(reading.data, "the record")
        kinesis.delete_stream(StreamName=name, EnforceConsumerDeletion=True)
        self.assertIn("ResourceNotFoundException", str(reading.ended()))

    def test_the_server_tells_how_it_was_asked(self):
        def counts():
            with urllib.request.urlopen(self.emulator.url + "/_millrace/api/requests", timeout=PATIENCE_S) as page:
                return json.load(page)

        before = counts()
        self.assertEqual(sorted(before), sorted(
            f"{code}/{version}{tls}" for code in ("json", "cbor") for version in ("http1.1", "h2") for tls in ("", "/tls")
        ))  # fmt: skip
        self.kinesis.list_streams()
        self.https().list_streams()
        for sock in (None, shown(self.port, self.ca, protocols=["h2"])):
            client = Client(self.emulator.url, sock=sock)
            self.assertEqual(client.call("ListStreams", {})[0], 200)
            cbor = client.ask("ListStreams", b"\xbf\xff", {"content-type": "application/x-amz-cbor-1.1"})
            self.assertEqual(client.answer(cbor)[0], 200)
            client.close()
        grown = {name: count - before[name] for name, count in counts().items() if count != before[name]}
        self.assertEqual(
            grown,
            {"json/http1.1": 1, "json/http1.1/tls": 1, "json/h2": 1, "json/h2/tls": 1, "cbor/h2": 1, "cbor/h2/tls": 1},
        )

    def test_the_certificate_names_what_leads_here(self):
        for name in ("localhost", "127.0.0.1", "::1", "millrace", "emulator", "kinesis.test", "10.1.2.3"):
            with self.subTest(name), shown(self.port, self.ca, name) as sock:
                self.assertIn(sock.version(), ("TLSv1.2", "TLSv1.3"))
        with self.assertRaises(ssl.SSLCertVerificationError):
            shown(self.port, self.ca, "example.com")
        with self.assertRaises(ssl.SSLCertVerificationError):
            ssl.create_default_context().wrap_socket(
                socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S), server_hostname="localhost"
            )

    def test_the_protocol_is_agreed_on(self):
        for offered, agreed in (
            (["h2", "http/1.1"], "h2"), (["http/1.1", "h2"], "h2"), (["http/1.1"], "http/1.1"), (["spdy/3"], None), (None, None),
        ):  # fmt: skip
            with self.subTest(offered), shown(self.port, self.ca, protocols=offered) as sock:
                self.assertEqual(sock.selected_alpn_protocol(), agreed)

    def test_http_2_over_tls(self):
        client = Client(self.emulator.url, sock=shown(self.port, self.ca, protocols=["h2"]))
        self.assertEqual(client.call("ListStreams", {})[0], 200)
        client.close()
        # Prior knowledge inside TLS, without ALPN.
        client = Client(self.emulator.url, sock=shown(self.port, self.ca))
        self.assertEqual(client.call("ListStreams", {})[0], 200)
        client.close()
        with httpx.Client(http2=True, verify=str(self.ca)) as session:
            answer = session.get(f"https://localhost:{self.port}/_millrace/health")
            self.assertEqual((answer.http_version, answer.status_code), ("HTTP/2", 200))

    def test_http_1_1_over_tls_keeps_the_connection(self):
        where = http.client.HTTPSConnection(
            "localhost", self.port, timeout=PATIENCE_S, context=ssl.create_default_context(cafile=str(self.ca))
        )
        for _ in range(5):
            where.request("GET", "/_millrace/health")
            answer = where.getresponse()
            self.assertEqual((answer.status, json.loads(answer.read())["status"]), (200, "running"))
        where.close()

    def test_old_versions_are_refused(self):
        with self.assertRaises(OSError):
            shown(self.port, self.ca, maximum_version=ssl.TLSVersion.TLSv1_1)

    def test_junk_that_begins_like_tls_does_no_harm(self):
        for junk in (b"\x16", b"\x16\x03\x01\x02\x00", b"\x16\x03\x01\xff\xff" + b"\x00" * 70_000, b"\x16" * 5000):
            with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as sock:
                try:
                    sock.sendall(junk)
                    sock.shutdown(socket.SHUT_WR)
                    while sock.recv(65536):
                        pass
                except OSError:
                    pass
        with shown(self.port, self.ca):
            pass


class Authority(unittest.TestCase):
    def test_it_is_kept_beside_the_data(self):
        data = temporary_directory(self)
        with Emulator(data=data / "d") as emulator:
            first = authority(self, emulator.url).read_bytes()
            self.assertEqual((data / "d/tls/ca.pem").read_bytes(), first)
            self.assertEqual(stat.S_IMODE(os.stat(data / "d/tls/ca-key.pem").st_mode), 0o600)
            emulator.restart()
            ca = authority(self, emulator.url)
            self.assertEqual(ca.read_bytes(), first)
            shown(emulator.port, ca).close()
            emulator.stop()

    def refused(self, code, words, *arguments):
        program = Program([BIN / "millrace-emulator", "--listen", "127.0.0.1:0", *arguments], env=aws_environment())
        with program:
            self.assertEqual(program.wait_exit(), code, program.output())
            self.assertIn(words, program.output())

    def test_files_that_cannot_be_used_are_named(self):
        folder = temporary_directory(self)
        (folder / "tls").mkdir()
        (folder / "tls/ca.pem").write_text("nothing")
        self.refused(1, "ca-key.pem is missing", "--data", folder)
        (folder / "tls/ca-key.pem").write_text("nothing")
        self.refused(2, "ca.pem holds no certificate", "--data", folder)
        self.refused(2, "must be given together", "--memory", "--tls-cert", folder / "x")
        self.refused(1, "cannot read", "--memory", "--tls-cert", folder / "x", "--tls-key", folder / "y")
        self.refused(2, "'a b' is neither a host name nor an IP address", "--memory", "--tls-name", "a b")

    @unittest.skipUnless(shutil.which("openssl"), "needs openssl")
    def test_a_certificate_of_the_users_own(self):
        folder = temporary_directory(self)
        for name in ("one", "two"):
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mine", "-addext",
                 "subjectAltName=DNS:mine.test", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"],
                check=True, capture_output=True, timeout=PATIENCE_S)  # fmt: skip
        own = ["--tls-cert", folder / "one.pem", "--tls-key", folder / "one.key"]
        with Emulator(arguments=own) as emulator:
            shown(emulator.port, folder / "one.pem", "mine.test").close()
            with self.assertRaises(urllib.error.HTTPError):  # there is no authority of ours then
                authority(self, emulator.url)
            emulator.stop()
        self.refused(2, "is not that of the certificate", "--memory", "--tls-cert", folder / "one.pem", "--tls-key", folder / "two.key")


if __name__ == "__main__":
    unittest.main()
