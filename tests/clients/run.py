#!/usr/bin/env python3
"""Runs real SDKs and tools against the emulator, each on the same errand; prints a line for each.

Every client gets an emulator of its own, is built into build/clients/<name>, and runs one program that
prints a line of JSON when all its checks passed. README.md in this folder says what the errand is.
Exit 0: everything that could run passed. A client whose toolchain is absent is listed as SKIPPED;
--require-all makes that a failure.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build" / "clients"
VERSIONS = tomllib.loads((HERE / "versions.toml").read_text())
STREAM = "errand"


class Failed(Exception):
    """A client that did not pass; the message is for a person."""


@dataclasses.dataclass
class Client:
    name: str
    needs: list        # programs on the PATH
    version: str       # what versions.toml pins
    prepare: object    # called with the build folder
    command: object    # called with the build folder; gives the command line
    protocols: str     # as the SDK's documentation has it; what the server saw stands beside it


def call(command, folder, limit=1500, **settings):
    """Runs a build step quietly; its output is shown when it fails."""
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True, timeout=limit,
                          env=os.environ | settings)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))}:\n{(done.stdout + done.stderr)[-3000:]}")


def venv(folder):
    stamp = folder / "versions"
    wanted = f"boto3=={VERSIONS['boto3']} awscli=={VERSIONS['awscli']}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call([sys.executable, "-m", "venv", "--clear", folder / "venv"], folder)
    call([folder / "venv/bin/pip", "install", "-q", "--disable-pip-version-check", *wanted.split()],
         folder)
    stamp.write_text(wanted)


def copy_sources(name, folder):
    shutil.copytree(HERE / name, folder, dirs_exist_ok=True)


def javascript(folder):
    copy_sources("javascript", folder)
    call(["npm", "ci", "--no-audit", "--no-fund"], folder)


def go(folder):
    call(["go", "build", "-o", folder / "errand", "."], HERE / "go")


def rust(folder):
    copy_sources("rust", folder)
    call(["cargo", "build", "--quiet"], folder)


def java(folder):
    copy_sources("java", folder)
    call(["mvn", "-q", "-B", "package", "dependency:copy-dependencies",
          "-DoutputDirectory=target/jars"], folder)


def java_command(kind):
    return lambda folder: ["java", "-cp", "target/errand-0.jar:target/jars/*", "errand.Errand", kind]


PYTHON = lambda name: lambda folder: [folder / "venv/bin/python", HERE / name / "errand.py"]
CLIENTS = [
    Client("boto3", [], VERSIONS["boto3"], venv, PYTHON("boto3"), "JSON, HTTP/1.1"),
    Client("aws-cli", [], VERSIONS["awscli"], venv, PYTHON("aws_cli"), "JSON, HTTP/1.1"),
    Client("javascript", ["node", "npm"], VERSIONS["javascript"], javascript,
           lambda folder: ["node", "errand.mjs"], "JSON, HTTP/2"),
    Client("go", ["go"], VERSIONS["go"], go, lambda folder: [folder / "errand"], "JSON, HTTP/1.1"),
    Client("rust", ["cargo"], VERSIONS["rust"], rust,
           lambda folder: [folder / "target/debug/errand"], "JSON, HTTP/1.1"),
    Client("java-sync", ["java", "mvn"], VERSIONS["java"], java, java_command("sync"),
           "CBOR, HTTP/1.1"),
    Client("java-async", ["java", "mvn"], VERSIONS["java"], java, java_command("async"),
           "CBOR, HTTP/2"),
]
SHARED_FOLDERS = {"aws-cli": "boto3", "java-async": "java-sync"}


class Emulator:
    """One emulator on a free port, with a data directory of its own."""

    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory(prefix="millrace-clients-")
        self.log = open(pathlib.Path(self.folder.name) / "log", "w+")
        self.process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", "--data", self.folder.name, "--limits", "off"],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.endpoint = None
        for line in self.process.stdout:
            if line.startswith("listening on "):
                self.endpoint = line.split()[-1]
            if line.strip() == "Ready.":
                return
        raise Failed("the emulator did not start")

    def protocols(self):
        """What the server saw: "json/http1.1: 40, cbor/h2: 3"."""
        try:
            with urllib.request.urlopen(self.endpoint + "/_millrace/api/requests", timeout=5) as page:
                seen = json.load(page)
        except OSError:
            return "?"
        return ", ".join(f"{name} {count}" for name, count in seen.items() if count)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.folder.cleanup()


def run(client, program):
    folder = BUILD / SHARED_FOLDERS.get(client.name, client.name)
    folder.mkdir(parents=True, exist_ok=True)
    client.prepare(folder)
    emulator = Emulator(program)
    try:
        began = time.monotonic()
        done = subprocess.run(
            client.command(folder), cwd=folder, text=True, capture_output=True, timeout=180,
            env=os.environ | {"MILLRACE_ENDPOINT": emulator.endpoint, "MILLRACE_STREAM": STREAM})
        seconds = time.monotonic() - began
        if done.returncode != 0:
            raise Failed((done.stdout + done.stderr)[-3000:])
        result = json.loads(done.stdout.strip().splitlines()[-1])
        if result["version"].lstrip("v") != client.version.lstrip("v"):
            raise Failed(f"version {result['version']} ran, {client.version} is pinned")
        pushed = f", {result['pushed']} pushed" if result.get("pushed") else ""
        return (f"{client.name:<12} {result['version']:<10} {emulator.protocols()}; "
                f"{result['records']} records{pushed}, {seconds:.1f} s")
    except subprocess.TimeoutExpired as late:
        output = (late.stdout or b"").decode() + (late.stderr or b"").decode()
        raise Failed(f"did not end in 180 s:\n{output[-2000:]}") from late
    finally:
        emulator.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="clients to run; all when none is named")
    parser.add_argument("--bin", default=ROOT / "build/release/bin", type=pathlib.Path)
    parser.add_argument("--require-all", action="store_true")
    options = parser.parse_args()
    unknown = set(options.names) - {client.name for client in CLIENTS}
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: none of "
                     f"{', '.join(client.name for client in CLIENTS)}")
    passed = failed = skipped = 0
    for client in CLIENTS:
        if options.names and client.name not in options.names:
            continue
        missing = [program for program in client.needs if shutil.which(program) is None]
        if missing:
            print(f"{client.name:<12} SKIPPED: no {', '.join(missing)} here", flush=True)
            skipped += 1
            continue
        try:
            print(run(client, options.bin / "millrace-emulator"), flush=True)
            passed += 1
        except Failed as why:
            print(f"{client.name:<12} FAILED\n{why}", flush=True)
            failed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or (options.require_all and skipped) else 0


if __name__ == "__main__":
    sys.exit(main())
