"""Servers that can be killed and started again on the same data: ours, and peers that keep any."""
import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

from kill_check import Failure
from kill_load import Connection

START_LIMIT_S = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A program on one data directory and one port. start() gives the seconds it took."""

    name, ours = "", False

    def __init__(self, data):
        self.data, self.port, self.process = pathlib.Path(data), 0, None

    def command(self):
        raise NotImplementedError

    def environment(self):
        return None

    def folder(self):
        """Where it runs; None: where we do."""
        return None

    def launch(self):
        self.process = subprocess.Popen(
            [str(c) for c in self.command()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder(),
            env=dict(os.environ, **(self.environment() or {})),
        )

    def start(self):
        began = time.monotonic()
        self.port = self.port or free_port()
        self.launch()
        said, answer = [], "nothing"
        threading.Thread(target=self.drain, args=(self.process.stdout, said), daemon=True).start()
        while time.monotonic() - began < START_LIMIT_S:
            try:
                status, body = Connection(self.port).call("ListStreams", {})
                if status == 200:
                    return time.monotonic() - began
                answer = f"{status} {body}"
            except (OSError, http.client.HTTPException, ValueError):
                if self.process.poll() is not None:
                    break
            time.sleep(0.01)
        self.kill()
        raise Failure(f"does not serve after a kill: ListStreams is answered with {answer}\n{''.join(said)[-2000:]}")

    @staticmethod
    def drain(pipe, into):
        for line in pipe:
            if len(into) < 2000:
                into.append(line)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"{self.name} did not end within 20 s of SIGTERM") from None
        if code != 0 and self.ours:
            raise Failure(f"SIGTERM ended {self.name} with exit code {code}")


class Millrace(Server):
    ours = True

    def __init__(self, data, program, durability):
        super().__init__(data)
        self.program, self.durability = program, durability
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
        self.name = f"millrace {said}, --durability {durability}"

    def command(self):
        return [self.program, "--listen", f"127.0.0.1:{self.port}", "--data", self.data] + [
            "--durability", self.durability, "--limits", "off", "--transition-ms", "0"
        ]  # fmt: skip

    def start(self):
        """Waits for `Ready.`, which is when it serves."""
        began = time.monotonic()
        self.launch()
        said = []
        timer = threading.Timer(START_LIMIT_S, self.process.kill)
        timer.start()
        for line in self.process.stdout:
            said.append(line)
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found[1])
            if "Ready." in line:
                break
        else:
            timer.cancel()
            raise Failure(f"the emulator did not start (exit code {self.process.wait()}):\n{''.join(said)}")
        timer.cancel()
        threading.Thread(target=self.drain, args=(self.process.stdout, []), daemon=True).start()
        return time.monotonic() - began


class Ferrokinesis(Server):
    """With --state-dir: a log entry and a sync before each acknowledgement."""

    def __init__(self, data, program):
        super().__init__(data)
        self.program = program
        noted = pathlib.Path(program).parent.parent / ".crates.toml"
        found = re.search(r'"ferrokinesis (\S+)', noted.read_text()) if noted.exists() else None
        self.name = f"ferrokinesis {found[1] if found else ''} --state-dir"

    def command(self):
        return [self.program, "--port", self.port, "--state-dir", self.data] + [
            "--create-stream-ms", "0", "--max-request-body-mb", "64"
        ]  # fmt: skip


class KinesisLocal(Server):
    """kinesis-mock with persistence on: the whole state as one file, every five seconds."""

    def __init__(self, data, program):
        super().__init__(data)
        self.program = program
        self.home = next(p for p in pathlib.Path(program).resolve().parents if (p / "package.json").exists())
        package = self.home / "package.json"
        found = re.search(r'"version"\s*:\s*"([^"]+)"', package.read_text())
        self.name = f"kinesis-local {found[1] if found else ''}, persistence on"
        self.tls_port = free_port()

    def command(self):
        return [pathlib.Path(self.program).absolute()]

    def folder(self):
        return self.home  # it looks for its certificate there

    def environment(self):
        return {
            "KINESIS_MOCK_PLAIN_PORT": str(self.port),
            "KINESIS_MOCK_TLS_PORT": str(self.tls_port),
            "SHOULD_PERSIST_DATA": "true",
            "PERSIST_PATH": str(self.data),
            "LOG_LEVEL": "ERROR",
        }


def find_program(name):
    places = [os.environ.get("PATH", ""), os.path.expanduser("~/.cargo/bin"), "build/peers/node_modules/.bin"]
    return shutil.which(name, path=os.pathsep.join(places))


def peer(name, data):
    """A peer by its name, or None where it is not installed."""
    program = find_program(name)
    kinds = {"ferrokinesis": Ferrokinesis, "kinesis-local": KinesisLocal}
    pathlib.Path(data).mkdir(parents=True, exist_ok=True)
    return kinds[name](data, program) if program else None
