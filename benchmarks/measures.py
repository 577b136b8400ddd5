"""PutRecord, PutRecords and GetRecords under load by wrk, each with its result checked.

  put    PutRecord, one 79-byte trade a call, 32 connections
  puts   PutRecords, 500 such trades a call, 4 connections
  gets   GetRecords, 10,000 records a call from TRIM_HORIZON, 2 connections

Checked: no reply but 200; after put and puts the stream holds as many records as were answered, at
most the calls in flight at the end more; a page of gets holds 10,000 records of the right bytes.
"""
import base64
import json
import os
import pathlib
import re
import subprocess

from servers import PAGE, Failed

HERE = pathlib.Path(__file__).resolve().parent
TRADE = b'{"EVENT_TIME": "2020-09-01T12:00:00.000000", "TICKER": "AMZN", "PRICE": 42.125}'
DATA = base64.b64encode(TRADE).decode()
RUN = os.getpid()  # part of stream names: a peer may hold streams of an earlier run


def wrk(server, operation, body, connections, seconds, folder, modulo=1, pause_ms=0):
    path = pathlib.Path(folder) / "body.json"
    path.write_text(body)
    before = server.cpu_seconds()
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", HERE / "load.lua", server.url + "/"],
        env=dict(os.environ, OPERATION=operation, BODY_FILE=str(path), MODULO=str(modulo), PAUSE_MS=str(pause_ms)),
        capture_output=True,
        text=True,
    )
    found = re.search(r"^RESULT (.*)$", done.stdout, re.M)
    if not found:
        raise Failed(f"wrk failed: {done.stdout}{done.stderr}")
    result = json.loads(found[1])
    if result["status_errors"] or result["socket_errors"] or "status " in done.stdout:
        raise Failed(f"{server.name}: {operation}: {done.stdout}")
    if before is not None and result["requests"]:
        result["server_us_per_call"] = round((server.cpu_seconds() - before) / result["requests"] * 1e6, 2)
    return result


def rated(result, per_call):
    result["records_per_s"] = round(result["requests"] * per_call / result["seconds"])
    return result


def put_load(server, stream, seconds, folder, modulo=1, connections=32, pause_ms=0):
    """PutRecord; a {m} in the stream's name rotates over `modulo` streams."""
    body = json.dumps({"StreamName": stream, "PartitionKey": "k{n}", "Data": DATA})
    return rated(wrk(server, "PutRecord", body, connections, seconds, folder, modulo, pause_ms), 1)


def puts_load(server, stream, seconds, folder, modulo=1):
    records = [{"PartitionKey": f"k{i}", "Data": DATA} for i in range(500)]
    body = json.dumps({"StreamName": stream, "Records": records}, separators=(",", ":"))
    return rated(wrk(server, "PutRecords", body, 4, seconds, folder, modulo), 500)


def gets_load(server, stream, shard, seconds, folder, position=None):
    position = position or server.iterator(stream, shard)
    page = server.call("GetRecords", {"ShardIterator": position, "Limit": PAGE})["Records"]
    if len(page) != PAGE or any(record["Data"] != DATA for record in page):
        raise Failed(f"{server.name}: a page of {len(page)} records, or of other bytes")
    body = json.dumps({"ShardIterator": position, "Limit": PAGE})
    return rated(wrk(server, "GetRecords", body, 2, seconds, folder), PAGE)


def check_count(server, stream, answered, in_flight):
    stored = server.count(stream)
    if not answered <= stored <= answered + in_flight:
        raise Failed(f"{server.name}: {answered} records answered, {stored} stored in {stream}")
    return stored


def put(server, seconds, folder, echo):
    stream = f"bench-put-{RUN}"
    if not echo:
        server.make_stream(stream, 4)
    result = put_load(server, stream, seconds, folder)
    if not echo:
        result["stored"] = check_count(server, stream, result["requests"], 32)
    return result


def puts(server, seconds, folder, echo):
    stream = f"bench-puts-{RUN}"
    if not echo:
        server.make_stream(stream, 4)
    result = puts_load(server, stream, seconds, folder)
    if not echo:
        result["stored"] = check_count(server, stream, result["requests"] * 500, 4 * 500)
    return result


def gets(server, seconds, folder, echo):
    if echo:
        return None
    stream = f"bench-gets-{RUN}"
    server.make_stream(stream, 1)
    fill(server, stream, 2 * PAGE)
    return gets_load(server, stream, "shardId-000000000000", seconds, folder)


def fill(server, stream, count):
    """A few records, one call after the other."""
    records = [{"PartitionKey": f"k{i}", "Data": DATA} for i in range(500)]
    for _ in range(count // 500):
        server.call("PutRecords", {"StreamName": stream, "Records": records})


LOADS = {"put": put, "puts": puts, "gets": gets}
