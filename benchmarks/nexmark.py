"""Nexmark: the queries of benchmarks/nexmark on a file of events, in our runtime and in Apache Flink.

Usage: nexmark.py [check|bench] [--bin DIR] [--events N] [--docs] [QUERY ...]

  check   the rows of each query must be what Flink makes of the same file (default: 100,000 events)
  bench   events a second of each query into a blackhole sink, beside Flink's (default: 1,000,000 events),
          and the geometric mean of the ratios; --docs writes docs/performance.md

Events are millrace-generator's with seed 1, made once in build/bench. Updating queries are compared by what
is left when all changes are applied. Flink 2.2.1 runs warmed up at parallelism 2, the start of its job taken
off; ours is timed as a process, from its start to its end. Without Java or Flink's jars: exit code 77.
"""
import argparse
import collections
import datetime
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
QUERIES = HERE / "nexmark"
sys.path.insert(0, str(ROOT / "tests" / "flink"))
import run_flink  # noqa: E402
import sql  # noqa: E402


def all_queries():
    return sorted((path.stem for path in QUERIES.glob("q*.sql")), key=lambda name: int(name[1:]))


def make_events(binaries, out, count):
    path = out / f"nexmark-{count}.jsonl"
    if not path.exists():
        out.mkdir(parents=True, exist_ok=True)
        print(f"making {path}", flush=True)
        with open(f"{path}.new", "w", encoding="ascii") as file:
            subprocess.run([str(binaries / "millrace-generator"), "nexmark", "--stdout", "--fast", "--seed", "1",
                            "--count", str(count)], stdout=file, stderr=subprocess.DEVNULL, check=True)
        os.replace(f"{path}.new", path)
    return path


def script(query, events, sink):
    """The tables, the views and the query; sink None: its SELECT alone."""
    source = f"'connector' = 'filesystem', 'path' = '{events}', 'format' = 'json'"
    text = (QUERIES / "tables.sql").read_text(encoding="utf-8").replace("${source}", source)
    body = (QUERIES / f"{query}.sql").read_text(encoding="utf-8")
    if sink is None:
        body = re.sub(r"CREATE TABLE answers.*?;\nINSERT INTO answers\n", "", body, flags=re.S)
    return text + "\n" + body.replace("${sink}", sink or "")


def compared(query):
    return "-- compare: not" not in (QUERIES / f"{query}.sql").read_text(encoding="utf-8")


class Runtime:
    def __init__(self, binaries, work):
        self.binary, self.work = str(binaries / "millrace-runtime"), work

    def run(self, text, *flags):
        """Wall seconds, processor seconds, peak RSS in MB, what it printed."""
        path = self.work / "ours.sql"
        path.write_text(text, encoding="utf-8")
        printed = self.work / "ours.out"
        with open(printed, "w", encoding="utf-8") as out:
            return *sql.timed([self.binary, "run", str(path), "--log-level", "warn", *flags], out), printed


def flink_seconds(queries, events, work, runs):
    """For each query the best run in seconds, without the start of its job; a JVM each."""
    one = work / "one.jsonl"
    with open(events, encoding="ascii") as lines:
        one.write_text(next(lines), encoding="ascii")
    best = {}
    for query in queries:
        for name, path in (("full", events), ("start", one)):
            text = re.sub(r"--[^\n]*", "", script(query, path, "'connector' = 'blackhole'"))
            (work / f"{name}.sql").write_text(text, encoding="utf-8")
        best[query] = sql.flink_seconds(work / "full.sql", work / "start.sql", "6g", runs)[0]
    return best


def by_key(query):
    """Flink prints no -U for it: what stays is the last row of each first column."""
    return "-- compare: last" in (QUERIES / f"{query}.sql").read_text(encoding="utf-8")


def changes_applied(query, path):
    """What is left of a printed changelog, as a set with counts."""
    if by_key(query):
        with open(path, encoding="utf-8") as lines:
            return {line[3:].split(",", 1)[0]: line[2:] for line in lines if line[:2] in ("+I", "+U")}
    rows = collections.Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            rows[line[2:]] += 1 if line[:2] in ("+I", "+U") else -1
    return {row: count for row, count in rows.items() if count}


def check(options, queries, events, work):
    queries = [query for query in queries if compared(query)]
    for query in queries:
        folder = work / query
        folder.mkdir()
        (folder / "script.sql").write_text(script(query, events, None), encoding="utf-8")
    run_flink.judge(run_flink.flink_jars(), [work / query for query in queries])
    runtime = Runtime(options.bin, work)
    failed = []
    for query in queries:
        error = work / query / "error"
        wanted = changes_applied(query, work / query / "stdout")
        problems = [error.read_text(encoding="utf-8")[:600]] if error.exists() else []
        for parallelism in ("1", "4"):
            printed = runtime.run(script(query, events, None), "--parallelism", parallelism)[3]
            given = changes_applied(query, printed)
            if given != wanted:
                odd = sorted(set(given.items()) ^ set(wanted.items()))
                problems.append(f"parallelism {parallelism}: {len(given)} rows, Flink {len(wanted)}; {odd[:4]}")
        print(f"{query}: {'; '.join(problems) if problems else f'{len(wanted)} rows agree'}", flush=True)
        failed += [query] * bool(problems)
    print(f"{len(queries) - len(failed)} of {len(queries)} queries agree with Flink {run_flink.VERSION}")
    return 1 if failed else 0


def bench(options, queries, events, work):
    runtime = Runtime(options.bin, work)
    flink = {} if options.no_flink else flink_seconds(queries, events, work, options.runs)
    lines = ["| query | ours, events/s | processor s | peak RSS MB | Flink 2.2.1, events/s | times Flink |",
             "|---|---|---|---|---|---|"]
    ratios = []
    for query in queries:
        text = script(query, events, "'connector' = 'blackhole'")
        wall, processor, rss, _ = min((runtime.run(text, "--parallelism", "2") for _ in range(options.runs)),
                                      key=lambda run: run[0])
        line = f"| {query} | {options.events / wall:,.0f} | {processor:.2f} | {rss:.0f} |"
        if query in flink:
            ratios.append(flink[query] / wall)
            line += f" {options.events / flink[query]:,.0f} | {ratios[-1]:.1f} |"
        lines.append(line)
        print(line, flush=True)
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        lines.append(f"| geometric mean | | | | | {mean:.1f} |")
        print(lines[-1])
    if options.docs:
        page = f"{options.events:,} events, {os.cpu_count()} cores, {datetime.date.today().isoformat()}; " \
               "`./dev bench nexmark --docs` writes this.\n\n" + "\n".join(lines)
        sql.write_docs(page, "bench nexmark", "Nexmark")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["check", "bench"])
    parser.add_argument("queries", nargs="*", metavar="QUERY")
    parser.add_argument("--bin", type=lambda text: pathlib.Path(text).resolve(), default="build/release/bin")
    parser.add_argument("--out", type=lambda text: pathlib.Path(text).resolve(), default="build/bench")
    parser.add_argument("--events", type=int)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--docs", action="store_true")
    parser.add_argument("--no-flink", action="store_true")
    options = parser.parse_intermixed_args()
    unknown = set(options.queries) - set(all_queries())
    if unknown:
        parser.error(f"no such query: {', '.join(sorted(unknown))}; there are {' '.join(all_queries())}")
    options.events = options.events or (100_000 if options.what == "check" else 1_000_000)
    if not options.no_flink and shutil.which("java") is None:
        run_flink.skip("there is no java")
    events = make_events(options.bin, options.out, options.events)
    with tempfile.TemporaryDirectory(prefix="millrace-nexmark-") as work:
        run = check if options.what == "check" else bench
        sys.exit(run(options, options.queries or all_queries(), events, pathlib.Path(work)))


if __name__ == "__main__":
    main()
