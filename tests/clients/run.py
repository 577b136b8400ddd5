#!/usr/bin/env python3
"""Runs real SDKs and tools against the emulator, each on an errand; prints a line for each.

Every client gets an emulator of its own and runs one program that prints a line of JSON when all its checks
passed. README.md in this folder says what the errands are. A client must speak the protocol it is known
for: what the server saw is compared. Exit 0: everything that could run passed. A client whose toolchain is
absent or too old is listed as SKIPPED; --require-all makes that a failure.
"""
import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import setups
from servers import Dynamo, Emulator
from setups import HERE, ROOT, VERSIONS, Failed

STREAM = "errand"
FLINK = f"{VERSIONS['flink']}+{VERSIONS['flink-connector']}"
LIMIT_S = 240  # of one errand


@dataclasses.dataclass
class Client:
    name: str
    needs: list         # programs on the PATH
    version: str        # what versions.toml pins
    setup: setups.Setup
    command: object     # called with the folder; gives the command line
    must: set           # how its calls must come in ...
    may: set = dataclasses.field(default_factory=set)  # ... and how some of them may
    leases: bool = False  # needs a DynamoDB
    heavy: bool = False   # one of these at a time
    tls: bool = False     # over TLS, the emulator's authority in the client's trust store


def python(program, *arguments):
    return lambda folder: [setups.python.folder / "venv/bin/python", HERE / program,
                           *(one.replace("{folder}", str(folder)) for one in arguments)]


def java(main, *arguments):
    return lambda folder: ["java", "-Xmx400m", "-XX:TieredStopAtLevel=1",
                           "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                           "-cp", "target/classes:target/jars/*", main, *arguments]


def flink(publisher):
    return python("flink/errand.py", publisher, "{folder}/target/jars")


JVM = ["java", "mvn"]
# Java subscribes in JSON, whatever it speaks else. The longest come first.
CLIENTS = [
    Client("kcl-polling", JVM, VERSIONS["kcl"], setups.kcl, java("kcl.Errand", "polling"),
           {"cbor/h2"}, leases=True),
    Client("rust", ["cargo"], VERSIONS["rust"], setups.rustlang,
           lambda folder: [folder / "target/debug/errand"], {"json/http1.1"}),
    Client("kcl-fan-out", JVM, VERSIONS["kcl"], setups.kcl, java("kcl.Errand", "fan-out"),
           {"cbor/h2", "json/h2"}, leases=True),
    Client("kpl", JVM, VERSIONS["kpl"], setups.kcl, java("kcl.Errand", "kpl"),
           {"json/http1.1/tls", "cbor/h2"}, leases=True),
    Client("flink-polling", JVM, FLINK, setups.flink,
           flink("POLLING"), {"cbor/http1.1", "cbor/h2"}, heavy=True),
    Client("flink-efo", JVM, FLINK, setups.flink,
           flink("EFO"), {"cbor/http1.1", "cbor/h2", "json/h2"}, heavy=True),
    Client("flink-parity", JVM, FLINK, setups.flink,
           python("flink/parity.py", "{folder}/target/jars"),
           {"json/http1.1", "cbor/http1.1", "cbor/h2", "json/h2"}, heavy=True),
    Client("java-async", JVM, VERSIONS["java"], setups.java, java("errand.Errand", "async"),
           {"cbor/h2", "json/h2"}),
    Client("java-sync", JVM, VERSIONS["java"], setups.java, java("errand.Errand", "sync"),
           {"cbor/http1.1"}),
    Client("go", ["go"], VERSIONS["go"], setups.golang, lambda folder: [folder / "errand"],
           {"json/http1.1"}),
    Client("javascript", ["node", "npm"], VERSIONS["javascript"], setups.node,
           lambda folder: ["node", "errand.mjs"], {"json/h2"}),
    Client("boto3", [], VERSIONS["boto3"], setups.python, python("boto3/errand.py"), {"json/http1.1"}),
    Client("aws-cli", [], VERSIONS["awscli"], setups.python, python("aws_cli/errand.py"),
           {"json/http1.1"}),
]
# The same errand over TLS: where ALPN is spoken, HTTP/2.
TLS = {"java-async": {"cbor/h2/tls", "json/h2/tls"}, "java-sync": {"cbor/http1.1/tls"}, "rust": {"json/h2/tls"},
       "go": {"json/h2/tls"}, "javascript": {"json/h2/tls"}, "boto3": {"json/http1.1/tls"}}
CLIENTS += [dataclasses.replace(client, name=client.name + "-tls", must=TLS[client.name], tls=True)
            for client in CLIENTS if client.name in TLS]
one_heavy = threading.Lock()
running = set()  # process groups of errands


def check_protocols(client, seen):
    """A client is known by how it speaks; the text for its line."""
    missing, strange = client.must - seen.keys(), seen.keys() - client.must - client.may
    text = ", ".join(f"{name} {count}" for name, count in seen.items())
    if missing or strange:
        wanted = " and ".join(sorted(client.must))
        raise Failed(f"its calls came in as {text}; they were to come in as {wanted}")
    return text


def finish(command, folder, environment):
    """Runs a command; gives (exit code, output, errors). When it is late, it ends with all it started."""
    process = subprocess.Popen(list(map(str, command)), cwd=folder, text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True, env=environment)
    running.add(process.pid)
    try:
        output, errors = process.communicate(timeout=LIMIT_S)
        return process.returncode, output, errors
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
        raise Failed(f"did not end in {LIMIT_S} s:\n{(output + errors)[-2000:]}") from None
    finally:
        running.discard(process.pid)


def errand(client, program):
    """Runs it, built and ready, with servers of its own; gives (its line of JSON, what the server saw, seconds)."""
    folder = client.setup.folder
    emulator = dynamo = None
    try:
        emulator = Emulator(program)
        settings = {"MILLRACE_ENDPOINT": emulator.endpoint, "MILLRACE_STREAM": STREAM,
                    "MILLRACE_FOLDER": emulator.folder.name,
                    "MILLRACE_RUNTIME": str(program.parent / "millrace-runtime"), "PYTHONDONTWRITEBYTECODE": "1"}
        if client.tls:
            settings |= emulator.trusted()
        if client.leases:
            dynamo = Dynamo(setups.python.folder / "venv/bin/python")
            settings["MILLRACE_DYNAMODB"] = dynamo.endpoint
        began = time.monotonic()
        code, output, errors = finish(client.command(folder), folder, os.environ | settings)
        seconds = time.monotonic() - began
        if code != 0:
            logs = "".join(f"{type(s).__name__}:\n{s.complaints()}" for s in (emulator, dynamo) if s)
            raise Failed((output + errors)[-3000:] + logs)
        return json.loads(output.strip().splitlines()[-1]), emulator.seen(), seconds
    finally:
        for server in (emulator, dynamo):
            if server:
                server.stop()


def run(client, program):
    setups.python.ready()
    client.setup.ready()
    if client.heavy:
        with one_heavy:
            result, seen, seconds = errand(client, program)
    else:
        result, seen, seconds = errand(client, program)
    if result["version"].lstrip("v") != client.version.lstrip("v"):
        raise Failed(f"version {result['version']} ran, {client.version} is pinned")
    if result.get("own_calls"):  # of the program around it, which is boto3
        seen["json/http1.1"] -= result["own_calls"]
        seen = {name: count for name, count in seen.items() if count}
    told = [f"{result['records']} records"]
    for what in ("pushed", "aggregated", "repeats"):
        if result.get(what):
            told.append(f"{result[what]} {what}")
    return f"{result['version']:<10} {check_protocols(client, seen)}; {', '.join(told)}; {seconds:.1f} s"


def attempt(client, program):
    """(passed, failed, skipped), and a line or more on standard output."""
    wrong = [why for why in map(setups.lacks, client.needs) if why]
    if wrong:
        print(f"{client.name:<14} SKIPPED: {', '.join(wrong)}", flush=True)
        return 0, 0, 1
    try:
        print(f"{client.name:<14} {run(client, program)}", flush=True)
        return 1, 0, 0
    except (Failed, subprocess.TimeoutExpired, OSError, ValueError, KeyError) as why:
        print(f"{client.name:<14} FAILED\n{why}", flush=True)
        return 0, 1, 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="clients to run; all when none is named")
    parser.add_argument("--bin", default=ROOT / "build/release/bin", type=pathlib.Path)
    parser.add_argument("--require-all", action="store_true")
    parser.add_argument("--list", action="store_true", help="name the clients and end")
    parser.add_argument("--jobs", type=int, default=3,
                        help="clients at a time (3: most of them wait)")
    options = parser.parse_args()
    known = [client.name for client in CLIENTS]
    if options.list:
        print("\n".join(known))
        return 0
    unknown = set(options.names) - set(known)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: none of {', '.join(known)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    began = time.monotonic()
    chosen = [client for client in CLIENTS if not options.names or client.name in options.names]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        try:
            counts = list(pool.map(lambda one: attempt(one, options.bin.absolute() / "millrace-emulator"), chosen))
        except BaseException:  # interrupted: nothing is left behind
            pool.shutdown(wait=False, cancel_futures=True)
            for group in list(running):
                os.killpg(group, signal.SIGKILL)
            raise
    passed, failed, skipped = map(sum, zip(*counts))
    print(f"{time.monotonic() - began:.0f} s in all")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or (options.require_all and skipped) else 0


if __name__ == "__main__":
    sys.exit(main())
