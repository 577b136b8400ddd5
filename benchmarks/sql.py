"""Measures the SQL runtime on the seed job: the highest price of every ticker over hopping windows.

Usage: sql.py [--bin DIR] [--events N] [--docs] [--no-flink] [--no-duckdb]

All engines read the same file of JSON trades (made once in build/bench, 79 bytes a trade) and must give the
same rows, or the run fails. Apache Flink 2.2.1 runs warmed up at parallelism 2, and the start of its job is
taken off; DuckDB runs one thread on the same question as a batch; ours is timed as a process, from its start
to its end. --docs writes the table into docs/performance.md.
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "tests" / "flink"))
import run_flink  # noqa: E402

TICKERS = "AAPL AMZN MSFT INTC TBV GOOG META NVDA TSLA ORCL IBM AMD CSCO ADBE NFLX QCOM".split()
SOURCE = """CREATE TABLE trades (EVENT_TIME TIMESTAMP(3), TICKER STRING, PRICE DOUBLE,
  WATERMARK FOR EVENT_TIME AS EVENT_TIME - INTERVAL '5' SECOND) WITH (%s);
"""
JOB = """CREATE TABLE highs (ticker STRING, window_start TIMESTAMP(3), window_end TIMESTAMP(3), max_price DOUBLE)
WITH ('connector' = 'filesystem', 'path' = '%s', 'format' = 'json');
INSERT INTO highs
SELECT TICKER, HOP_START(EVENT_TIME, INTERVAL '60' SECOND, INTERVAL '90' SECOND),
  HOP_END(EVENT_TIME, INTERVAL '60' SECOND, INTERVAL '90' SECOND), MAX(PRICE)
FROM trades GROUP BY HOP(EVENT_TIME, INTERVAL '60' SECOND, INTERVAL '90' SECOND), TICKER;
"""
DUCK = """WITH slices AS (
  SELECT TICKER AS t, time_bucket(INTERVAL 30 SECOND, EVENT_TIME) AS b, max(PRICE) AS p
  FROM read_json('%s', format = 'newline_delimited',
                 columns = {EVENT_TIME: 'TIMESTAMP', TICKER: 'VARCHAR', PRICE: 'DOUBLE'}) GROUP BY ALL),
spread AS (
  SELECT t, time_bucket(INTERVAL 60 SECOND, b) AS w, p FROM slices UNION ALL
  SELECT t, time_bucket(INTERVAL 60 SECOND, b) - INTERVAL 60 SECOND, p FROM slices
  WHERE b = time_bucket(INTERVAL 60 SECOND, b))
SELECT t, w, w + INTERVAL 90 SECOND, max(p) FROM spread GROUP BY ALL"""


def file_options(path):
    return f"'connector' = 'filesystem', 'path' = '{path}', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'"


def make_trades(path, events):
    """About a thousand trades a second of event time, a few up to three seconds late."""
    draw = random.Random(7)
    now = 1704067200_000_000
    lines = []
    with open(f"{path}.new", "w", encoding="ascii") as out:
        for _ in range(events):
            now += draw.randrange(2000)
            at = now - (draw.randrange(3_000_000) if draw.random() < 0.05 else 0)
            second, micro = divmod(at, 1_000_000)
            text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            lines.append(f'{{"EVENT_TIME": "{text}.{micro:06d}", "TICKER": "{TICKERS[draw.randrange(16)]}", '
                         f'"PRICE": {draw.random() * 100:.2f}}}\n')
            if len(lines) == 50_000:
                out.write("".join(lines))
                lines.clear()
        out.write("".join(lines))
    os.replace(f"{path}.new", path)


def rows_of(folder):
    rows = []
    for part in pathlib.Path(folder).rglob("part-*"):
        for line in part.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            rows.append((row["ticker"], row["window_start"], row["window_end"], row["max_price"]))
    return sorted(rows)


def timed(command, stdout=None):
    """Runs it to its end: wall seconds, processor seconds, peak RSS in MB. Ends the bench when it fails."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=stdout)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


class Runtime:
    def __init__(self, binary, work):
        self.binary, self.work, self.count = str(binary), work, 0

    def run(self, source, *flags):
        """Wall seconds, processor seconds, peak RSS in MB, rows."""
        self.count += 1
        out = self.work / f"ours-{self.count}"
        script = self.work / f"ours-{self.count}.sql"
        script.write_text(SOURCE % source + JOB % out)
        return *timed([self.binary, "run", str(script), "--log-level", "warn", *flags]), rows_of(out)

    def first_row(self, source):
        """Milliseconds from the start of the process to the first row it prints."""
        script = self.work / "first.sql"
        script.write_text(SOURCE % source + "SELECT * FROM trades;\n")
        began = time.monotonic()
        process = subprocess.Popen([self.binary, "run", str(script), "--log-level", "off"], stdout=subprocess.PIPE)
        process.stdout.read(1)
        took = time.monotonic() - began
        process.kill()
        process.wait()
        process.stdout.close()
        return took * 1000


def flink_seconds(full, one, heap, runs):
    """Seconds of a script's best run on Flink without the start of its job, and that start; see SqlBench.java."""
    done = subprocess.run([*run_flink.java(f"{run_flink.flink_jars()}/*", heap), str(HERE / "SqlBench.java"), "2",
                           str(runs), str(full), str(one)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"Flink, {full}: {done.stderr[-3000:]}")
    times = [float(value) for value in re.findall(r"^RUN (\S+)", done.stdout, re.M)]
    start = float(re.search(r"^START (\S+)", done.stdout, re.M)[1])
    return min(times) - start, start


def flink(path, one, work, runs):
    """Seconds of the best run without the start of its job, that start, rows."""
    for name, source in (("full", path), ("one", one)):
        (work / f"{name}.sql").write_text(SOURCE % file_options(source) + JOB % f"{work}/flink-{name}-${{run}}")
    return *flink_seconds(work / "full.sql", work / "one.sql", "2g", runs), rows_of(work / "flink-full-run-0")


def duckdb(path, work, runs):
    """Seconds of the best run, rows; in a Python of its own, whose start is not counted."""
    venv = ROOT / "build" / "bench" / "venv"
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "duckdb"], check=True)
    code = ("import duckdb, json, sys, time\n"
            "connection = duckdb.connect()\n"
            "connection.execute('SET threads = 1')\n"
            "connection.execute('SET enable_progress_bar = false')\n"
            "best = 1e9\n"
            f"for _ in range({runs}):\n"
            "    began = time.monotonic()\n"
            "    rows = connection.execute(sys.argv[1]).fetchall()\n"
            "    best = min(best, time.monotonic() - began)\n"
            "print(json.dumps([best, duckdb.__version__, [[t, str(b), str(e), p] for t, b, e, p in rows]]))\n")
    done = subprocess.run([str(python), "-c", code, DUCK % path], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"DuckDB: {done.stderr[-3000:]}")
    best, version, rows = json.loads(done.stdout.splitlines()[-1])
    return best, version, sorted(tuple(row) for row in rows)


def from_emulator(bin_folder, work, runtime, path, events):
    """Events a second from one shard over HTTP, with the limits off."""
    sys.path.insert(0, str(HERE))
    import servers
    server = servers.Server("millrace", command=[bin_folder / "millrace-emulator", "--listen", "127.0.0.1:0",
                                              "--limits", "off", "--memory"])
    try:
        server.make_stream("trades", 1)
        common = (f"'connector' = 'kinesis', 'stream.arn' = 'arn:aws:kinesis:us-east-1:000000000000:stream/trades', "
                  f"'aws.region' = 'us-east-1', 'aws.endpoint' = '{server.url}', "
                  "'aws.credentials.provider' = 'BASIC', 'aws.credentials.basic.accesskeyid' = 'a', "
                  "'aws.credentials.basic.secretkey' = 'b'")
        script = work / "load.sql"
        script.write_text(
            f"CREATE TABLE f (line STRING) WITH ('connector' = 'filesystem', 'path' = '{path}', 'format' = 'raw');\n"
            f"CREATE TABLE s (line STRING) WITH ({common}, 'format' = 'raw');\nINSERT INTO s SELECT line FROM f;\n")
        subprocess.run([runtime.binary, "run", str(script), "--log-level", "warn"], check=True)
        source = (f"{common}, 'source.init.position' = 'TRIM_HORIZON', 'format' = 'json', "
                  "'json.timestamp-format.standard' = 'ISO-8601'")
        return min((runtime.run(source, "--drain", "--parallelism", "2") for _ in range(3)), key=lambda run: run[0])
    finally:
        server.stop()


def same(name, rows, wanted):
    if rows != wanted:
        odd = sorted(set(rows) ^ set(wanted))
        sys.exit(f"{name} gives {len(rows)} rows, not the same {len(wanted)}: {odd[:4]}")


def rate(events, seconds):
    return f"{events / seconds:,.0f}"


def verdict(value, must, stretch, less=False):
    better = (lambda a, b: a <= b) if less else (lambda a, b: a >= b)
    return "stretch" if better(value, stretch) else "yes" if better(value, must) else "**no**"


def write_docs(text, mark="bench sql", title="SQL"):
    """Puts the text between the marks of docs/performance.md, or under a new title."""
    path = ROOT / "docs" / "performance.md"
    page = path.read_text(encoding="utf-8") if path.exists() else "# Performance\n"
    begin, end = f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->"
    section = f"{begin}\n{text}\n{end}"
    if begin in page:
        page = re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: section, page, flags=re.S)
    else:
        page = page.rstrip("\n") + f"\n\n## {title}\n\n" + section + "\n"
    path.write_text(page, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--out", default="build/bench")
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--stream-events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--docs", action="store_true", help="write docs/performance.md")
    parser.add_argument("--no-flink", action="store_true")
    parser.add_argument("--no-duckdb", action="store_true")
    parser.add_argument("--no-stream", action="store_true")
    options = parser.parse_args()
    out = pathlib.Path(options.out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"trades-{options.events}.jsonl"
    if not path.exists():
        print(f"making {path}", flush=True)
        make_trades(path, options.events)
    report = {"events": options.events, "bytes": path.stat().st_size, "measures": []}
    lines = ["| measure | ours | of what | must reach | stretch | reached |", "|---|---|---|---|---|---|"]

    def measure(name, ours, other, must, stretch, value, limits, less=False):
        reached = verdict(value, *limits, less)
        lines.append(f"| {name} | {ours} | {other} | {must} | {stretch} | {reached} |")
        report["measures"].append({"name": name, "value": value, "must": limits[0], "stretch": limits[1]})
        print(lines[-1], flush=True)

    with tempfile.TemporaryDirectory(prefix="millrace-sql-") as folder:
        work = pathlib.Path(folder)
        runtime = Runtime(pathlib.Path(options.bin).resolve() / "millrace-runtime", work)
        source = file_options(path)
        two = min((runtime.run(source, "--parallelism", "2") for _ in range(options.runs)), key=lambda run: run[0])
        one = min((runtime.run(source, "--parallelism", "1") for _ in range(options.runs)), key=lambda run: run[0])
        four = runtime.run(source, "--parallelism", "4")
        same("parallelism 1", one[3], two[3])
        same("parallelism 4", four[3], two[3])
        ours = f"{rate(options.events, two[0])}/s"
        print(f"ours: {ours} at parallelism 2 ({two[1]:.2f} s of processor), "
              f"{rate(options.events, one[0])}/s at 1 ({one[1]:.2f} s), {len(two[3])} rows", flush=True)
        if not options.no_flink and shutil.which("java"):
            first = work / "one.jsonl"
            with open(path, encoding="ascii") as trades:
                first.write_text(trades.readline())
            seconds, start, rows = flink(path, first, work, options.runs)
            same("Flink", rows, two[3])
            measure("seed job from a file, against Flink 2.2.1", ours,
                    f"{rate(options.events, seconds)}/s (its start of {start:.1f} s not counted)", "10x", "10x",
                    seconds / two[0], (10, 10))
        if not options.no_duckdb:
            seconds, version, rows = duckdb(path, work, options.runs)
            same("DuckDB", rows, two[3])
            measure(f"seed job from a file, against DuckDB {version} on one thread", ours,
                    f"{rate(options.events, seconds)}/s", "1x", "2x", seconds / two[0], (1, 2))
        if not options.no_stream:
            part = work / "part.jsonl"
            with open(path, encoding="ascii") as trades, open(part, "w", encoding="ascii") as few:
                for _ in range(min(options.stream_events, options.events)):
                    few.write(next(trades))
            events = min(options.stream_events, options.events)
            wanted = runtime.run(file_options(part))[3]
            best = from_emulator(pathlib.Path(options.bin).resolve(), work, runtime, part, events)
            same("from the emulator", best[3], wanted)
            measure("seed job from the emulator over HTTP, one shard", f"{rate(events, best[0])}/s", "", "500,000/s",
                    "1,000,000/s", events / best[0], (500_000, 1_000_000))
        first = min(runtime.first_row(source) for _ in range(10))
        measure("first row after start", f"{first:.0f} ms", "", "50 ms", "20 ms", first, (50, 20), less=True)
        measure("peak RSS, seed job", f"{two[2]:.0f} MB", "", "60 MB", "30 MB", two[2], (60, 30), less=True)

    (out / "sql.json").write_text(json.dumps(report, indent=1) + "\n")
    if options.docs:
        when = datetime.date.today().isoformat()
        write_docs(f"{options.events:,} JSON trades of {report['bytes'] / options.events:.0f} bytes, the same file and "
                   f"the same rows for all; {os.cpu_count()} cores, {when}. `./dev bench sql --docs` writes this.\n\n"
                   + "\n".join(lines))
    failed = [entry["name"] for entry in report["measures"]
              if verdict(entry["value"], entry["must"], entry["stretch"], entry["must"] > entry["stretch"]) == "**no**"]
    sys.exit(f"not reached: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
