"""Five jobs from Kinesis to Kinesis, by Apache Flink and by millrace-runtime: the same rows in both output streams.

Usage: parity.py JARS [JOB ...], with MILLRACE_RUNTIME in the environment

Both run the same script (jobs/*.sql, in the option names of connector 4.x) on the same streams of the emulator
at MILLRACE_ENDPOINT; only the output stream differs. Rows are compared as they lie in the stream, partition
key and bytes, as sets with counts. The last rows of every input have the ticker END: what they give says
that all before them was read, and closes the windows.
"""
import collections
import dataclasses
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from aws_kinesis_agg import aggregator

from engine import HERE, Flink, Streams, credentials, version_of, wait

TICKERS = ("aapl", "amzn", "goog", "intc", "msft")
BEGIN_S = 1_767_225_600  # 2026-01-01 00:00:00
ROWS = 3000              # over ten minutes
QUIET_S = 1.5            # nothing came for so long after END: that was all


@dataclasses.dataclass
class Job:
    name: str
    shards: int = 1
    inputs: int = 1
    sql_times: bool = False   # 2026-01-01 00:00:00.000, not 2026-01-01T00:00:00.000
    fan_out: bool = False     # both read by enhanced fan-out
    aggregated: bool = False  # every other record holds many, by the KPL's rules
    ends: int = 1             # rows with END in the output once all is done


JOBS = [
    Job("columns", shards=2, aggregated=True, ends=4),
    Job("highs", fan_out=True),
    Job("volumes", sql_times=True),
    Job("leaders"),
    Job("pairs", inputs=2),
]


def trades(seed):
    """Rows up to four seconds out of order, then END at ten and twenty minutes after."""
    source = random.Random(seed)
    rows = []
    for number in range(ROWS):
        at = BEGIN_S + number * 0.2 + source.uniform(0, 4)
        rows.append((at, source.choice(TICKERS), round(source.uniform(1, 100), 2), source.randrange(1, 1000)))
    return rows


def ends():
    return [(BEGIN_S + 1200 + more, "END", 50.0, 1) for more in (0, 600)]


def encoded(row, sql_times):
    at, ticker, price, amount = row
    moment = time.gmtime(int(at))
    text = f"{time.strftime('%Y-%m-%d %H:%M:%S', moment)}.{int(at * 1000) % 1000:03}"
    if not sql_times:
        text = text.replace(" ", "T")
    return json.dumps({"event_time": text, "ticker": ticker, "price": price, "amount": amount}).encode()


def packed(records):
    """Of every other forty, those of each key as one record, by the KPL's rules (its own Python module).

    The first few come again under every other key: where that leads to another shard, readers drop them.
    """
    out = []
    for at in range(0, len(records), 40):
        part = records[at : at + 40]
        if at % 80:
            out += part
            continue
        for wanted in sorted({key for key, _ in part}):
            whole = aggregator.RecordAggregator()
            for key, data in part:
                if key == wanted:
                    whole.add_user_record(key, data)
            out.append((wanted, whole.clear_and_get().get_contents()[2]))
            out += [(other, out[-1][1]) for other in TICKERS if at == 0 and other != wanted]
    return out


def fill(streams, job):
    """Creates the job's streams; gives the names of its inputs."""
    names = []
    for number in range(1, job.inputs + 1):
        name = f"{job.name}-in{number}"
        streams.create(name, job.shards)
        rows = [(row[1], encoded(row, job.sql_times)) for row in trades(f"{job.name} {number}")]
        streams.put(name, packed(rows) if job.aggregated else rows)
        for row in ends():
            for shard in streams.open_shards(name):
                streams.kinesis.put_record(
                    StreamName=name, PartitionKey="END", Data=encoded(row, job.sql_times),
                    ExplicitHashKey=shard["HashKeyRange"]["StartingHashKey"])
        names.append(name)
    return names


def publisher_of(job, consumer):
    if not job.fan_out:
        return "'scan.stream.recordpublisher' = 'POLLING'"
    return f"'scan.stream.recordpublisher' = 'EFO', 'scan.stream.efo.consumername' = 'parity-{consumer}'"


def script(job, inputs, output, publisher):
    text = (HERE / "jobs" / f"{job.name}.sql").read_text()
    values = {"kinesis": credentials(os.environ["MILLRACE_ENDPOINT"]), "out": output, "publisher": publisher}
    values |= {f"in{number}": name for number, name in enumerate(inputs, 1)}
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def rows_of(streams, job, output, alive):
    """All that comes into the output, once END is there and all is quiet."""
    reader = streams.reader(output)

    def done():
        reader.more()
        if not alive():
            sys.exit(f"{job.name}: it ended")
        return sum(b'"END"' in record["Data"] for record in reader.records) >= job.ends

    wait(f"{job.name}: END in {output}", done, 60)
    quiet = time.monotonic()
    while time.monotonic() - quiet < QUIET_S:
        if reader.more():
            quiet = time.monotonic()
        time.sleep(0.1)
    return [(record["PartitionKey"], record["Data"].decode()) for record in reader.records]


def comparable(job, rows):
    """Without PARTITIONED BY the partition key is random."""
    keyed = "PARTITIONED BY" in (HERE / "jobs" / f"{job.name}.sql").read_text()
    return collections.Counter(rows if keyed else (data for _, data in rows))


def ours(streams, job, inputs, runtime, folder):
    output = f"{job.name}-millrace"
    streams.create(output)
    path = folder / f"{job.name}-millrace.sql"
    path.write_text(script(job, inputs, output, publisher_of(job, "millrace")))
    log = folder / f"{job.name}.log"
    with log.open("w") as stream:
        process = subprocess.Popen([runtime, "run", path], stdout=stream, stderr=stream)
    try:
        return rows_of(streams, job, output, lambda: process.poll() is None)
    except SystemExit as why:
        sys.exit(f"{why}\nmillrace-runtime says:\n{log.read_text()[-2000:]}")
    finally:
        process.terminate()
        process.wait()


def main():
    jars, runtime = sys.argv[1], os.environ["MILLRACE_RUNTIME"]
    chosen = [job for job in JOBS if not sys.argv[2:] or job.name in sys.argv[2:]]
    streams = Streams()
    differing = []
    total = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        inputs = {job.name: fill(streams, job) for job in chosen}
        scripts = []
        for job in chosen:
            streams.create(f"{job.name}-flink")
            scripts.append(folder / f"{job.name}.sql")
            scripts[-1].write_text(script(job, inputs[job.name], f"{job.name}-flink", publisher_of(job, "flink")))
        flink = Flink(jars, scripts)  # starts while the runtime works
        try:
            for job in chosen:
                mine = ours(streams, job, inputs[job.name], runtime, folder)
                flink.said("running")
                theirs = rows_of(streams, job, f"{job.name}-flink", lambda: flink.process.poll() is None)
                flink.cancel()
                total += len(theirs)
                mine, theirs = comparable(job, mine), comparable(job, theirs)
                if mine != theirs:
                    differing.append(report(job, mine - theirs, theirs - mine))
        finally:
            flink.stop()
    if differing:
        sys.exit("\n".join(differing))
    print(json.dumps({"version": version_of(jars), "records": total, "jobs": len(chosen), "own_calls": streams.calls}))


def report(job, mine, theirs):
    lines = [f"{job.name}: {mine.total()} rows only here, {theirs.total()} only from Flink"]
    lines += [f"  only here: {row}" for row in sorted(mine)[:5]]
    lines += [f"  only from Flink: {row}" for row in sorted(theirs)[:5]]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
