"""Runs the fuzz targets for a while each and says what came of it; ./dev fuzz builds them first.

usage: run.py --build DIR [--docs FILE] [--merge] [--jobs N] [TARGET] [SECONDS]

Each target starts from its corpus in tests/fuzz/corpus and from what earlier runs on this machine
have found (DIR/corpus). An input that breaks one is kept in DIR/crashes; put it into the target's
corpus once the fault is fixed, and every build's tests feed it again.

--docs    writes the table into FILE, between `<!-- begin fuzz -->` and `<!-- end fuzz -->`
--merge   instead: of all inputs known here, the fewest that still cover everything go into
          tests/fuzz/corpus (small ones, at most 60 a target)
"""

import argparse
import concurrent.futures
import datetime
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests/fuzz/corpus"
DICTIONARIES = ROOT / "tests/fuzz/dictionaries"

# Seeds that lie elsewhere in the tree already.
MORE_SEEDS = {"sql": "tests/sql/*.sql"}
# Longest input, in bytes; libFuzzer's own idea of it follows the longest seed.
LONGEST = {"exchange": 2048, "operations": 512, "sql": 4096, "sql_run": 1024, "http1": 8192}
# What libFuzzer does to choose the next input costs these more than the inputs do.
PLAIN_CHOICE = {"exchange", "operations"}
# Looking for leaks after every input takes a third of their time; there is a look at the end.
LEAKS_AT_END = {"exchange", "operations", "http1", "sql", "sql_run"}
# One input is too slow from here on. An 8 MB script is not what anybody waits for.
SLOW_S = 20
MEMORY_MIB = 2048
MOST_KEPT = 60
LARGEST_KEPT = 3000


def targets_of(build):
    return (build / "fuzz_targets.txt").read_text().split()


def environment():
    return {
        **os.environ,
        "ASAN_OPTIONS": "detect_leaks=1:malloc_context_size=10",
        "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
        "TZ": "UTC",
    }


def command_of(build, name):
    command = [str(build / "bin" / f"fuzz_{name}"), f"-timeout={SLOW_S}", f"-rss_limit_mb={MEMORY_MIB}"]
    if name in LEAKS_AT_END:
        command.append("-detect_leaks=0")
    if name in PLAIN_CHOICE:
        command.append("-entropic=0")
    dictionary = DICTIONARIES / f"{name}.dict"
    if dictionary.exists():
        command.append(f"-dict={dictionary}")
    if name in LONGEST:
        command.append(f"-max_len={LONGEST[name]}")
    return command


def seeds_of(build, name):
    """The directories a run reads; what it finds goes into the first."""
    found = build / "corpus" / name
    found.mkdir(parents=True, exist_ok=True)
    folders = [found, CORPUS / name]
    if name in MORE_SEEDS:
        copied = build / "seeds" / name
        shutil.rmtree(copied, ignore_errors=True)
        copied.mkdir(parents=True)
        for file in ROOT.glob(MORE_SEEDS[name]):
            shutil.copy(file, copied)
        folders.append(copied)
    return [str(folder) for folder in folders if folder.is_dir()]


def fuzz(build, name, seconds):
    crashes = build / "crashes"
    crashes.mkdir(exist_ok=True)
    command = command_of(build, name) + [
        f"-max_total_time={seconds}",
        f"-artifact_prefix={crashes}/{name}-",
        "-print_final_stats=1",
        "-reload=0",
    ]
    run = subprocess.run(
        command + seeds_of(build, name),
        capture_output=True,
        text=True,
        errors="replace",
        env=environment(),
        timeout=seconds + 300,
        check=False,
    )
    (build / "logs").mkdir(exist_ok=True)
    (build / "logs" / f"{name}.log").write_text(run.stderr)
    return measure(name, run.returncode, run.stderr)


def measure(name, code, log):
    """What libFuzzer has said, as a row of the table."""
    lines = re.findall(r"^#(\d+)\s.*?cov: (\d+) ft: \d+ corp: (\d+)/\S+(?:.*?exec/s: (\d+))?", log, re.M)
    executed = re.search(r"number_of_executed_units: (\d+)", log)
    speed = re.search(r"average_exec_per_sec:\s+(\d+)", log)
    fault = ""
    if code != 0:
        said = re.search(r"SUMMARY: (.*)|.*: (broken: .*)|.*(runtime error: .*)", log)
        fault = said.group(0).strip() if said else f"exit code {code}"
    return {
        "target": name,
        "corpus": int(lines[-1][2]) if lines else 0,
        "edges": int(lines[-1][1]) if lines else 0,
        "inputs": int(executed.group(1)) if executed else (int(lines[-1][0]) if lines else 0),
        "speed": int(speed.group(1)) if speed else 0,
        "fault": fault,
        "artifact": (re.findall(r"Test unit written to (\S+)", log) or [""])[-1],
    }


def table(rows):
    head = ("target", "corpus files", "edges covered", "inputs", "inputs/s", "crashes")
    cells = [
        (r["target"], str(r["corpus"]), str(r["edges"]), f"{r['inputs']:,}", f"{r['speed']:,}", "1" if r["fault"] else "0")
        for r in rows
    ]
    widths = [max(len(row[i]) for row in [head, *cells]) for i in range(len(head))]
    lines = []
    for row in [head, *cells]:
        padded = [row[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(row[1:], widths[1:])]
        lines.append("| " + " | ".join(padded) + " |")
    lines.insert(1, "|" + "|".join("-" * (w + 1) + (":" if i else "-") for i, w in enumerate(widths)) + "|")
    return "\n".join(lines)


def machine():
    version = subprocess.run(["clang++", "--version"], capture_output=True, text=True, check=False).stdout
    clang = re.search(r"clang version (\S+)", version)
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return (
        f"{cpu.group(1) if cpu else platform.machine()}, {os.cpu_count()} cores, "
        f"clang {clang.group(1) if clang else '?'} with AddressSanitizer and UndefinedBehaviorSanitizer"
    )


def write_docs(file, rows, seconds):
    begin, end = "<!-- begin fuzz -->", "<!-- end fuzz -->"
    text = file.read_text() if file.exists() else "# Reliability\n"
    section = (
        f"{begin}\n{table(rows)}\n\nWritten by `./dev fuzz --docs` on {datetime.date.today()}: {seconds} s "
        f"a target. {machine()}.\n{end}"
    )
    if begin in text and end in text:
        text = text[: text.index(begin)] + section + text[text.index(end) + len(end) :]
    else:
        text = text.rstrip("\n") + f"\n\n## Fuzzing\n\n{section}\n"
    file.write_text(text)


def merge(build, name):
    """Brings what this machine has found into the tree, as few and small files as will do."""
    kept = CORPUS / name
    with tempfile.TemporaryDirectory() as scratch:
        small = pathlib.Path(scratch) / "in"
        fewest = pathlib.Path(scratch) / "out"
        small.mkdir()
        fewest.mkdir()
        for folder in (build / "corpus" / name, kept):
            for file in folder.glob("*") if folder.is_dir() else []:
                if file.stat().st_size <= LARGEST_KEPT:
                    shutil.copy(file, small)
        subprocess.run(
            command_of(build, name) + ["-merge=1", str(fewest), str(kept), str(small)],
            capture_output=True,
            env=environment(),
            timeout=1200,
            check=False,
        )
        kept.mkdir(parents=True, exist_ok=True)
        before = len(list(kept.iterdir()))
        new = [f for f in sorted(fewest.iterdir(), key=lambda f: f.stat().st_size) if not (kept / f.name).exists()]
        for file in new[: max(0, MOST_KEPT - before)]:
            shutil.copy(file, kept / file.name[:16])
        print(f"{name}: {before} files, {len(list(kept.iterdir())) - before} more", flush=True)


def main():
    arguments = argparse.ArgumentParser(prog="./dev fuzz", description="runs the fuzz targets")
    arguments.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    arguments.add_argument("--jobs", type=int, default=2, help="targets at the same time (default 2)")
    arguments.add_argument("--docs", type=pathlib.Path, help="also write the table into this file")
    arguments.add_argument("--merge", action="store_true", help="bring found inputs into tests/fuzz/corpus")
    arguments.add_argument("--news", action="store_true",
                           help="exit code 78 for a fault that was found, 1 for what could not run")
    arguments.add_argument("target", nargs="?", help="one target; all unless named")
    arguments.add_argument("seconds", nargs="?", type=int, help="for each target (default 60)")
    given = arguments.parse_args()
    if given.target and given.target.isdigit() and given.seconds is None:
        given.seconds, given.target = int(given.target), None
    seconds = given.seconds or 60
    names = targets_of(given.build)
    if given.target and given.target not in names:
        sys.exit(f"fuzz: '{given.target}' is none of {', '.join(names)}")
    names = [given.target] if given.target else names
    if given.merge:
        for name in names:
            merge(given.build, name)
        return 0
    rows = []
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for row in pool.map(lambda name: fuzz(given.build, name, seconds), names):
            rows.append(row)
            print(f"{row['target']}: {row['inputs']:,} inputs, {row['fault'] or 'no fault'}", flush=True)
    print()
    print(table(rows))
    if given.docs:
        write_docs(given.docs, rows, seconds)
    broken = [row for row in rows if row["fault"]]
    for row in broken:
        print(f"\n{row['target']}: {row['fault']}\n  input: {row['artifact']}\n  again: "
              f"{given.build}/bin/fuzz_{row['target']} {row['artifact']}")
    # A target that did nothing proves nothing.
    idle = [row["target"] for row in rows if row["inputs"] == 0 and not row["fault"]]
    if idle:
        print(f"\nno input was run by: {', '.join(idle)}")
    if idle or not broken:
        return 1 if idle else 0
    return 78 if given.news else 1


if __name__ == "__main__":
    sys.exit(main())
