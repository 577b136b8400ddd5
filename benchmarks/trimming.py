"""PutRecord at half of the load it bears, alone and while what has expired is being trimmed.

Records of a day are put, then the emulator's clock is moved by 25 hours: all of it has expired at
once, the worst that retention can ask for. Meanwhile 64 connections put at a constant rate; with
nothing to trim, and while it goes on. That it did go on is checked in the data file. --durability
full.
"""
import json
import shutil
import sqlite3
import tempfile
import urllib.request

from measures import put_load, puts_load
from servers import Failed, start_emulator

CONNECTIONS = 64
RECORDS = 2_000_000
DAY_AND_MORE_MS = 25 * 3_600_000


def paced(server, most, p50_ms, seconds, folder):
    """Half of `most` calls a second, each connection with a pause between its calls."""
    pause = max(1, round(CONNECTIONS / (most / 2) * 1000 - p50_ms))
    return put_load(server, "s0", seconds, folder, connections=CONNECTIONS, pause_ms=pause)


def stored_rows(path):
    """Rows of records in the data file, read beside the running server."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return database.execute("SELECT count(*) FROM chunk").fetchone()[0]
    finally:
        database.close()


def move_clock(server, by_ms):
    request = urllib.request.Request(
        server.url + "/_millrace/api/clock", json.dumps({"advance_ms": by_ms}).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=60).read()


def measure(bin_folder, seconds, say, records=RECORDS):
    folder = tempfile.mkdtemp(prefix="millrace-bench-")
    flags = ("--data", folder + "/data", "--durability", "full", "--init", "s0:4")
    server = start_emulator(bin_folder, "millrace", *flags)
    try:
        server.wait_active("s0")
        most = put_load(server, "s0", seconds, folder, connections=CONNECTIONS)
        say(f"trimming: {records:,} records, then half of {most['records_per_s']:,} puts/s")
        put = 0
        while put < records:
            put += puts_load(server, "s0", 2, folder)["requests"] * 500
        # Three rounds: what is left to trim is enough for each.
        alone, trimming = [], []
        for _ in range(3):
            alone.append(paced(server, most["records_per_s"], most["p50_ms"], seconds, folder))
        database = folder + "/data/millrace.db"
        move_clock(server, DAY_AND_MORE_MS)
        before = stored_rows(database)
        rows = [before]
        for _ in range(3):
            trimming.append(paced(server, most["records_per_s"], most["p50_ms"], seconds, folder))
            rows.append(stored_rows(database))
            if rows[-1] >= rows[-2]:
                raise Failed(f"nothing was trimmed meanwhile: {rows}")
            if rows[-1] < before // 10:
                break

        def worst(runs):
            return max(run["p99_ms"] for run in runs)

        return {
            "records": put,
            "rate": round(sum(run["records_per_s"] for run in trimming) / len(trimming)),
            "p99_ms": worst(trimming),
            "p99_alone_ms": worst(alone),
            "rows": rows,
        }
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
