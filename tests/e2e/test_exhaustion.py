"""What others hold is bounded, and who is honest is served. ./dev exhaust measures the same with more of it."""
import argparse
import json
import resource
import socket
import threading
import time
import unittest
import urllib.parse

from tests.conformance import abuses, exhaust
from tests.e2e.support import BIN, PATIENCE_S, ApiTest, Emulator, b64, is_sanitized, iterator, raw, wait_active, wait_until
from tests.e2e.test_http2 import Client as Http2Client
from tests.e2e.test_smuggling import FIELDS, HEAD


class Hoarders(ApiTest):
    def connect(self, receive=None):
        where = urllib.parse.urlsplit(self.emulator.url)
        sock = socket.socket()
        if receive:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        sock.settimeout(PATIENCE_S)
        sock.connect((where.hostname, where.port))
        self.addCleanup(sock.close)
        return sock

    def memory(self):
        with open(f"/proc/{self.emulator.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096

    @unittest.skipIf(is_sanitized(), "a sanitizer keeps freed memory")
    def test_pages_that_nobody_takes_are_bounded_and_give_way(self):
        """60 readers ask for 10 MiB each and read nothing: 840 MB without a bound."""
        name = self.stream()
        for _ in range(10):
            self.kinesis.put_record(StreamName=name, PartitionKey="k", Data=b"x" * 1_000_000)
        body = json.dumps({"ShardIterator": iterator(self.kinesis, name)})
        request = HEAD + FIELDS.replace("ListStreams", "GetRecords") + f"Content-Length: {len(body)}\r\n\r\n" + body
        before = self.memory()
        for _ in range(60):
            self.connect(4096).sendall(request.encode())
        # An honest reader is behind all of them, and is served once those who do not read give way.
        page = self.kinesis.get_records(ShardIterator=iterator(self.kinesis, name))
        self.assertEqual(len(page["Records"]), 10)
        self.assertLess(self.memory() - before, 500_000_000)
        self.kinesis.put_record(StreamName=name, PartitionKey="k", Data=b"x")

    def test_bodies_that_do_not_come_give_way(self):
        """40 clients announce 10 MB each and send a little; a large put of an honest one passes them."""
        name = self.stream()
        for _ in range(40):
            sock = self.connect()
            sock.sendall((HEAD + FIELDS + "Content-Length: 10000000\r\n\r\n{").encode())
        entries = [{"PartitionKey": "k", "Data": b"x" * 900_000} for _ in range(5)]
        self.assertEqual(self.kinesis.put_records(StreamName=name, Records=entries)["FailedRecordCount"], 0)

    @unittest.skipIf(is_sanitized(), "a sanitizer keeps freed memory")
    def test_bodies_over_http_2_that_do_not_end_are_bounded_and_give_way(self):
        """30 connections with 20 bodies of 10 MB each, sent as far as they are taken: 6 GB without a bound."""
        name = self.stream()
        before = self.memory()
        streams = range(1, 41, 2)
        senders = []
        for _ in range(30):
            sock = self.connect()
            sock.sendall(abuses.PREFACE + abuses.frame(4, 0, 0))
            for stream in streams:
                sock.sendall(abuses.h2_head(stream, "PutRecord", [("content-length", "10000000")]))
            sock.setblocking(False)
            senders.append(abuses.Windows(sock, streams, 9_999_000))
        end = threading.Event()

        def send():
            while not end.is_set():
                for sender in senders:
                    sender.go_on()

        attack = threading.Thread(target=send, daemon=True)
        attack.start()
        try:
            client = Http2Client(self.emulator.url)
            self.addCleanup(client.close)
            entries = [{"PartitionKey": "k", "Data": b64(b"x" * 700_000)} for _ in range(5)]
            for _ in range(3):
                body = json.dumps({"StreamName": name, "Records": entries}).encode()
                status, answer = client.call("PutRecords", body, {"content-length": str(len(body))})
                self.assertEqual((status, answer["FailedRecordCount"]), (200, 0))
                status, _ = client.call("ListStreams", {})
                self.assertEqual(status, 200)
            self.assertLess(self.memory() - before, 450_000_000)
        finally:
            end.set()
            attack.join(PATIENCE_S)

    def test_many_idle_connections(self):
        for _ in range(800):
            self.connect()
        self.assertEqual(raw(self.emulator.url, "ListStreams", {})[0], 200)


class Descriptors(unittest.TestCase):
    @unittest.skipIf(is_sanitized(), "UBSan looks at memory through a pipe, and there is no descriptor for one")
    def test_a_server_out_of_descriptors_goes_on_and_recovers(self):
        with Emulator() as emulator:
            client = emulator.client()
            client.create_stream(StreamName="s", ShardCount=1)
            wait_active(client, "s")
            resource.prlimit(emulator.pid, resource.RLIMIT_NOFILE, (60, 60))
            held = []
            for _ in range(100):
                held.append(socket.create_connection(("127.0.0.1", emulator.port), timeout=PATIENCE_S))
            emulator.program.wait_line(r"a connection could not be accepted")
            before = cpu_seconds(emulator.pid)
            began = time.monotonic()
            while time.monotonic() - began < 1:  # the connection from before is served
                client.put_record(StreamName="s", PartitionKey="k", Data=b64("x"))
                time.sleep(0.02)
            self.assertLess(cpu_seconds(emulator.pid) - before, 0.9)  # accept does not spin
            for sock in held:
                sock.close()
            wait_until(lambda: raw(emulator.url, "ListStreams", {})[0] == 200, "a new client to be served")
            emulator.stop()

    def test_the_soft_limit_of_the_shell_is_raised(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with Emulator() as emulator:
            self.assertEqual(resource.prlimit(emulator.pid, resource.RLIMIT_NOFILE), (hard, hard))


class LittleMemory(unittest.TestCase):
    @unittest.skipIf(is_sanitized(), "a sanitizer needs more memory")
    def test_all_at_once_within_a_limit_on_memory(self):
        """Idle and slow connections, readers and subscribers that do not read, endless bodies: in 256 MB."""
        options = argparse.Namespace(bin=BIN / "millrace-emulator", connections=200, seconds=3, most_mb=256)
        run = exhaust.Run(exhaust.CAPPED, options)
        run.go()
        if run.skipped:
            self.skipTest(run.skipped)
        self.assertEqual(run.wrong, [])


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    unittest.main()
