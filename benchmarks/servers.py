"""Servers under test: started, called, watched and stopped."""
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse

HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Date": "20260101T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kinesis/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0",
}
PAGE = 10000


class Failed(Exception):
    """A server did not do what was asked of it."""


class Server:
    """A server of HTTP on 127.0.0.1. `command`: prints its address and Ready. (ours, and echo), or
    serves `url` after a while (a peer). Without a command it runs already."""

    def __init__(self, name, command=None, url=None, pid=None, env=None):
        self.name, self.url, self.pid, self.process = name, url, pid, None
        self.command = [str(c) for c in command] if command else None
        self.announces = command is not None and url is None
        self.env = dict(os.environ, **env) if env else None
        self.start_seconds = None
        if command:
            self.start()

    def start(self):
        begun = time.monotonic()
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self.env
        )
        self.pid = self.process.pid
        if self.announces:
            said = []
            for line in self.process.stdout:
                said.append(line)
                found = re.search(r"listening on (http://127\.0\.0\.1:\d+)", line)
                self.url = found[1] if found else self.url
                if "Ready." in line:
                    break
            else:
                raise Failed(f"{self.name} did not start:\n{''.join(said)}")
            self.start_seconds = time.monotonic() - begun
        threading.Thread(target=self.drain, args=(self.process,), daemon=True).start()
        if not self.announces:
            self.wait_until_served()

    @staticmethod
    def drain(process):
        for _ in process.stdout:
            pass

    def wait_until_served(self):
        deadline = time.monotonic() + 30
        while True:
            try:
                return self.call("ListStreams", {})
            except (OSError, http.client.HTTPException, Failed):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise Failed(f"{self.name} did not start: {' '.join(self.command)}") from None
                time.sleep(0.1)

    def rss_mb(self):
        if not self.pid:
            return None
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return round(int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024, 1)

    def cpu_seconds(self):
        """User and system time used so far."""
        if not self.pid:
            return None
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, kill=False):
        if not self.process:
            return
        (self.process.kill if kill else self.process.terminate)()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def call(self, operation, body):
        where = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=120)
        try:
            headers = dict(HEADERS, **{"X-Amz-Target": f"Kinesis_20131202.{operation}"})
            connection.request("POST", "/", json.dumps(body), headers)
            answer = connection.getresponse()
            data = answer.read()
            if answer.status != 200:
                raise Failed(f"{self.name}: {operation} answered {answer.status}: {data[:300]}")
            return json.loads(data) if data else {}
        finally:
            connection.close()

    def make_stream(self, name, shards):
        self.call("CreateStream", {"StreamName": name, "ShardCount": shards})
        self.wait_active(name)

    def wait_active(self, name):
        deadline = time.monotonic() + 60
        while self.call("DescribeStream", {"StreamName": name, "Limit": 1})["StreamDescription"]["StreamStatus"] != "ACTIVE":
            if time.monotonic() > deadline:
                raise Failed(f"{self.name}: stream {name} did not become ACTIVE")
            time.sleep(0.05)

    def shards(self, stream):
        found, body = [], {"StreamName": stream}
        while True:
            page = self.call("DescribeStream", body)["StreamDescription"]
            found += [shard["ShardId"] for shard in page["Shards"]]
            if not page["HasMoreShards"]:
                return found
            body["ExclusiveStartShardId"] = found[-1]

    def iterator(self, stream, shard, kind="TRIM_HORIZON"):
        body = {"StreamName": stream, "ShardId": shard, "ShardIteratorType": kind}
        return self.call("GetShardIterator", body)["ShardIterator"]

    def count(self, stream):
        """How many records a reader of the whole stream gets."""
        total = 0
        for shard in self.shards(stream):
            position = self.iterator(stream, shard)
            while True:
                page = self.call("GetRecords", {"ShardIterator": position, "Limit": PAGE})
                if not page["Records"]:
                    break
                total += len(page["Records"])
                position = page["NextShardIterator"]
        return total


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# Other people's servers, as their users start them; all keep their records in memory.
PEERS = {
    "ferrokinesis": lambda path, port: ([path, "--port", port, "--shard-limit", "2000"], {}),
    "kinesalite": lambda path, port: ([path, "--port", port, "--shardLimit", "2000"], {}),
}


def find_peer(name):
    """Where its program is, or None."""
    return shutil.which(name) or shutil.which(name, path=os.path.expanduser("~/.cargo/bin"))


def peer_version(name, path):
    if name == "ferrokinesis":
        # It does not say itself; cargo notes what it installed.
        noted = pathlib.Path(path).parent.parent / ".crates.toml"
        found = re.search(r'"ferrokinesis (\S+)', noted.read_text()) if noted.exists() else None
        return found[1] if found else ""
    package = pathlib.Path(path).resolve().parent / "package.json"
    return json.loads(package.read_text())["version"] if package.exists() else ""


def start_peer(name):
    port = str(free_port())
    path = find_peer(name)
    command, env = PEERS[name](path, port)
    return Server(f"{name} {peer_version(name, path)}".strip(), command, f"http://127.0.0.1:{port}", env=env)


def start_emulator(bin_folder, name, *flags):
    listen = ["--listen", "127.0.0.1:0", "--limits", "off", "--shard-limit", "5000"]
    return Server(name, [bin_folder / "millrace-emulator", *listen, *flags])


def start_echo(bin_folder):
    return Server("echo", [bin_folder / "millrace-echo"])
