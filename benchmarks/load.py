#!/usr/bin/env python3
"""Measures of the emulator beside other servers, each with its result checked. Prints tables, writes
build/bench/bench-NAME.json.

  put, puts, gets   one call over and over, beside an HTTP echo and the peers (measures.py)
  latency           put to push and put to read (latency.py)
  growth            ten thousand records or ten million, 1 shard or 1,000, 1 stream or 1,000 (growth.py)
  trimming          puts while what has expired is erased (trimming.py)
  rss, start        on a store of ten million records (stored.py)
  all               everything

Peers (ferrokinesis, kinesalite) are started when they are on the PATH; --peer adds one that runs. The
load generator (wrk) shares the machine's cores with the server, so compare ratios of one run.
--docs writes the tables into docs/performance.md and the summary into README.md.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time

import goals
import growth
import latency
import measures
import servers
import stored
import trimming

ROOT = pathlib.Path(__file__).resolve().parent.parent
STORED = ("growth", "rss", "start")
NAMES = [*measures.LOADS, "latency", *STORED, "trimming"]


def say(text):
    print(f"-- {text}", file=sys.stderr, flush=True)


def side_by_side(wanted, options, bin_folder):
    """The loads on every server there is: (rows, names of those that are not installed)."""
    rows = []

    def measure(start):
        server = start()
        row = {"server": server.name, "rss_start_mb": server.rss_mb()}
        try:
            with tempfile.TemporaryDirectory(prefix="millrace-bench-") as folder:
                for name in wanted:
                    say(f"{server.name}: {name}")
                    row[name] = measures.LOADS[name](server, options.seconds, folder, server.name == "echo")
            row["rss_after_mb"] = server.rss_mb()
        finally:
            server.stop()
        rows.append(row)

    data = tempfile.mkdtemp(prefix="millrace-bench-")
    try:
        measure(lambda: servers.start_echo(bin_folder))
        full = ("--data", data + "/full", "--durability", "full")
        measure(lambda: servers.start_emulator(bin_folder, "millrace --durability full", *full))
        measure(lambda: servers.start_emulator(bin_folder, "millrace --memory", "--memory"))
    finally:
        shutil.rmtree(data, ignore_errors=True)
    absent = []
    for name in servers.PEERS:
        if servers.find_peer(name):
            measure(lambda peer=name: servers.start_peer(peer))
        else:
            absent.append(name)
    for peer in options.peer:
        name, _, where = peer.partition("=")
        url, _, pid = where.partition(",")
        measure(lambda: servers.Server(name, url=url, pid=int(pid) if pid else None))
    return rows, absent


def measure_latency(options, bin_folder):
    found = {}
    for kind in ("push", "read"):
        say(f"latency: put to {kind}")
        with tempfile.TemporaryDirectory(prefix="millrace-bench-") as folder:
            server = servers.start_emulator(bin_folder, "millrace", "--data", folder + "/data", "--durability", "full")
            try:
                found[kind] = latency.measure(server, kind, options.samples)
            finally:
                server.stop()
    return found


def processor():
    for text in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if text.startswith("model name"):
            return text.partition(":")[2].strip()
    return platform.machine()


def disk():
    """Kind of file system under the temporary directory: on tmpfs a sync costs nothing."""
    done = subprocess.run(["stat", "-f", "-c", "%T", tempfile.gettempdir()], capture_output=True, text=True)
    return done.stdout.strip()


def version(bin_folder):
    done = subprocess.run([bin_folder / "millrace-emulator", "--version"], capture_output=True, text=True)
    return done.stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="*", choices=[*NAMES, "all", []], default=[])
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--out", default="build/bench")
    parser.add_argument("--seconds", type=int, default=8, help="of each load beside other servers")
    parser.add_argument("--short-seconds", type=int, default=1, help="of each of the many loads of growth and trimming")
    parser.add_argument("--records", type=int, default=10_000_000, help="of the large store")
    parser.add_argument("--samples", type=int, default=400, help="records of each latency")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=URL[,PID]")
    parser.add_argument("--docs", action="store_true", help="write docs/performance.md and README.md")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("load.py needs wrk (apt-get install wrk)")
    wanted = [name for name in NAMES if name in options.name or not options.name or "all" in options.name]
    bin_folder = pathlib.Path(options.bin)
    when = time.strftime("%Y-%m-%d", time.gmtime())
    report = {
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": {"cores": os.cpu_count(), "processor": processor(), "system": platform.platform(), "file_system": disk()},
        "version": version(bin_folder),
        "load_average": os.getloadavg()[0],
        "seconds": options.seconds,
        "record_bytes": len(measures.TRADE),
    }
    try:
        loads = [name for name in wanted if name in measures.LOADS]
        if loads:
            report["rows"], report["absent"] = side_by_side(loads, options, bin_folder)
        if "latency" in wanted:
            report["latency"] = measure_latency(options, bin_folder)
        if any(name in wanted for name in STORED):
            report["stored"] = stored.big_store(bin_folder, options.short_seconds, wanted, options.records, say)
            if "growth_records" in report["stored"]:
                report["growth_records"] = report["stored"].pop("growth_records")
        if "growth" in wanted:
            report["growth_shards"] = growth.by_shards(bin_folder, options.short_seconds, say)
            report["growth_streams"] = growth.by_streams(bin_folder, options.short_seconds, say)
        if "trimming" in wanted:
            report["trimming"] = trimming.measure(bin_folder, options.short_seconds, say)
    except servers.Failed as problem:
        sys.exit(f"load.py: {problem}")
    finally:
        out = pathlib.Path(options.out)
        out.mkdir(parents=True, exist_ok=True)
        name = "all" if wanted == NAMES else "-".join(wanted)
        path = out / f"bench-{name}.json"
        path.write_text(json.dumps(report, indent=1) + "\n")
        print(f"written: {path}", file=sys.stderr)

    found = goals.goals(report)
    table = goals.servers_table(report["rows"], report["absent"], when) if "rows" in report else []
    machine = (
        f"{report['machine']['cores']} cores of {report['machine']['processor']}, {report['machine']['system']}, "
        f"{report['machine']['file_system']}; {report['version']}; {when}; load average at the start {report['load_average']:.1f}."
    )
    print("\n".join([machine, "", *table, "", *goals.goals_table(found), "", goals.summary(found)]))
    if options.docs:
        document = ROOT / "docs/performance.md"
        written = goals.rewrite(document, "goals", [machine, "", *goals.goals_table(found)])
        if table:
            written = goals.rewrite(document, "servers", table) and written
        written = goals.rewrite(ROOT / "README.md", "speed", [goals.summary(found)]) and written
        if not written:
            sys.exit("load.py: a document has lost its markers")


if __name__ == "__main__":
    main()
