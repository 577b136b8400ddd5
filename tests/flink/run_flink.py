"""Runs the SQL cases through real Apache Flink and compares with what they should give.

Usage: run_flink.py [--write] [--docs] [CASE ...]

  --write   makes the cases' golden files from what Flink gives (.stdout, .out.*; error texts are ours to write)
  --docs    writes how many cases of each class agree into docs/sql.md

Needs Java 17 (11 does too) and the jars of the PyPI wheel apache-flink-libraries, which pip fetches into
$MILLRACE_FLINK_CACHE or build/flink. Without them the exit code is 77 and one line says what is missing.
Rows are compared as sets with counts: Flink leaves the order among the keys of a window open. What is printed
is compared line by line, unless the script says otherwise in a comment:
  -- compare: rows     as a set with counts
  -- compare: result   what is left when all changes are applied (joins: the order of two inputs is open)
"""
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
CASES = HERE.parent / "sql"
VERSION = "2.2.1"
# Cases that Flink is not asked, or that differ on purpose: see docs/flink-parity.md.
LEFT_OUT = {
    "explain": "our plan has no Exchange",
    "error_unknown_property": "properties are the managed service's, not SQL's",
    "in_subquery_constant": "Flink's grammar has no WHERE without FROM",
    "first_value_hop": "Flink has no merge for FIRST_VALUE",
    "top_1_number": "Flink leaves out -U when the number of a Top-1 is selected",
}


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit(77)


def flink_jars():
    cache = pathlib.Path(os.environ.get("MILLRACE_FLINK_CACHE", HERE.parent.parent / "build" / "flink"))
    jars = cache / VERSION / "pyflink" / "lib"
    if not jars.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
                   "--dest", str(cache), f"apache-flink-libraries=={VERSION}"]
        if subprocess.run(command).returncode != 0:
            skip(f"pip does not get apache-flink-libraries {VERSION}")
        wheel = next(cache.glob(f"apache_flink_libraries-{VERSION}-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(cache / VERSION)
        wheel.unlink()
    return jars


def java(class_path, heap, packages=("util", "lang")):
    """How a JVM with Flink on its class path is started; what it runs follows."""
    opens = [f"--add-opens=java.base/java.{package}=ALL-UNNAMED" for package in packages]
    return ["java", f"-Xmx{heap}", *opens, "-cp", class_path]


def judge(jars, folders):
    """Runs each folder's script.sql in one JVM; see Judge.java."""
    command = [*java(f"{jars}/*", "900m"), str(HERE / "Judge.java")]
    done = subprocess.run(command + [str(folder) for folder in folders], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"Flink ended with {done.returncode}:\n{done.stderr[-4000:]}")


def one_file(stem):
    return next(CASES.glob(f"{stem}.*"), CASES / f"{stem}.jsonl")


def prepare(case, folder):
    folder.mkdir()
    values = {"in": one_file(f"{case}.in"), "out": folder / "out", "out2": folder / "out2"}
    text = (CASES / f"{case}.sql").read_text(encoding="utf-8")
    text = re.sub(r"\$\{case\.(in|out|out2)\}", lambda match: str(values[match[1]]), text)
    (folder / "script.sql").write_text(text, encoding="utf-8")


def rows(folder):
    """The lines of all part files, in the order of their folders; a line of a partition behind its folder."""
    found = []
    for part in sorted(folder.rglob("part-*"), key=lambda path: path.parent):
        inner = part.parent.relative_to(folder).as_posix()
        before = "" if inner == "." else f"{inner}: "
        found += [before + line for line in part.read_text(encoding="utf-8").splitlines()]
    return found


def result_of(text):
    """The rows that remain of a printed changelog."""
    rows = collections.Counter()
    for line in text.splitlines():
        rows[line[2:]] += 1 if line[:2] in ("+I", "+U") else -1
    return sorted((+rows).elements()), sorted((-rows).elements())


def same_print(case, wanted, given):
    script = (CASES / f"{case}.sql").read_text(encoding="utf-8")
    if "-- compare: rows" in script:
        return sorted(wanted.splitlines()) == sorted(given.splitlines())
    if "-- compare: result" in script:
        return result_of(wanted) == result_of(given)
    return wanted == given


def check_error(wanted, error):
    """What our message says must be in Flink's, sentence by sentence; our own position is not."""
    at_run_time = wanted.startswith("job failed")
    sentences = re.sub(r"^(job failed: |\d+:\d+: )", "", wanted).strip()
    sentences = re.sub(r"^(Unable to create a \w+ for \w+ table '[^']*'): ", r"\1\n", sentences)
    problems = [] if error.startswith("job failed" if at_run_time else "refused") else ["fails elsewhere"]
    missing = [f"Flink does not say: {line}" for line in sentences.splitlines() if line not in error]
    return problems + missing + ([f"but: {error[:500]}"] if missing else [])


def check(case, folder):
    error = (folder / "error").read_text(encoding="utf-8") if (folder / "error").exists() else ""
    golden = CASES / f"{case}.err"
    if golden.exists():
        return check_error(golden.read_text(encoding="utf-8"), error) if error else ["Flink takes it"]
    problems = [f"Flink: {error}"] if error else []
    for output in ("out", "out2"):
        golden = one_file(f"{case}.{output}")
        if golden.exists():
            wanted = sorted(golden.read_text(encoding="utf-8").splitlines())
            if sorted(rows(folder / output)) != wanted:
                problems.append(f"{output}: Flink gives {sorted(rows(folder / output))}, the case {wanted}")
    golden = CASES / f"{case}.stdout"
    if golden.exists():
        given = (folder / "stdout").read_text(encoding="utf-8")
        if not same_print(case, golden.read_text(encoding="utf-8"), given):
            problems.append("Flink prints\n" + given)
    return problems


def write(case, folder):
    """Golden files from Flink's results; those of an earlier run are replaced."""
    if (folder / "error").exists():
        print(f"{case}: Flink gives an error:\n{(folder / 'error').read_text(encoding='utf-8')[:600]}")
        return
    for output in ("out", "out2"):
        written = rows(folder / output)
        if written:
            golden = one_file(f"{case}.{output}")
            golden.write_text("".join(f"{line}\n" for line in written), encoding="utf-8")
    printed = (folder / "stdout").read_text(encoding="utf-8")
    if printed:
        (CASES / f"{case}.stdout").write_text(printed, encoding="utf-8")


# Classes of cases, by how their names begin; the first that fits.
CLASSES = [
    ("errors", ("error_",)),
    ("formats and connectors", ("csv", "debezium", "json", "raw", "datagen", "kinesis", "filesystem", "print", "partition",
                                "blackhole", "option", "format")),
    ("windows", ("tumble", "hop", "cumulate", "session", "window", "cascaded", "group_window", "group_by_window",
                 "aggregate_filter_window", "offset")),
    ("time and watermarks", ("watermark", "bounded_out", "current_watermark", "late", "idle", "proctime", "time_zone",
                             "two_", "rowtime")),
    ("joins", ("join", "interval_join", "left_join", "semi", "anti", "exists", "in_", "not_in", "temporal", "lateral",
               "lookup", "using", "natural", "unnest")),
    ("Top-N and deduplication", ("top", "first_", "last_", "dedup", "rank", "limit", "sort", "order")),
    ("OVER", ("over",)),
    ("MATCH_RECOGNIZE", ("match",)),
    ("aggregates", ("aggregate", "count", "group", "having", "sum", "avg", "distinct", "min", "max", "listagg", "collect",
                    "stddev", "var", "array_agg", "json_agg", "single_value", "grouping", "rollup", "cube")),
    ("set operations and sub-queries", ("union", "except", "intersect", "subquery", "with", "values", "view")),
    ("functions, types and casts", ("",)),
]


def class_of(case):
    return next(name for name, starts in CLASSES if case.startswith(starts))


def write_docs(cases, failed):
    """The table of classes, between two marks in docs/sql.md."""
    counts = {name: [0, 0] for name, _ in CLASSES}
    for case in cases:
        counts[class_of(case)][0] += 1
        counts[class_of(case)][1] += case not in failed
    lines = ["| class | cases | agree with Flink |", "|---|---|---|"]
    lines += [f"| {name} | {number} | {good} |" for name, (number, good) in counts.items() if number]
    lines.append(f"| all | {len(cases)} | {len(cases) - len(failed)} |")
    path = HERE.parent.parent / "docs" / "sql.md"
    page = path.read_text(encoding="utf-8") if path.exists() else "# SQL\n"
    begin, end = "<!-- flink cases: begin -->", "<!-- flink cases: end -->"
    table = "\n".join(lines)
    section = f"{begin}\n{table}\n{end}"
    if begin in page:
        page = re.sub(f"{begin}.*?{end}", lambda _: section, page, flags=re.S)
    else:
        page = page.rstrip("\n") + f"\n\n## Cases run by Flink {VERSION}\n\n{section}\n"
    path.write_text(page, encoding="utf-8")


def main():
    if shutil.which("java") is None:
        skip("there is no java")
    flags = [argument for argument in sys.argv[1:] if argument.startswith("--")]
    if set(flags) - {"--write", "--docs"}:
        sys.exit(__doc__)
    cases = [argument for argument in sys.argv[1:] if argument not in flags] or [path.stem for path in sorted(CASES.glob("*.sql")) if path.stem not in LEFT_OUT]
    jars = flink_jars()
    failed = set()
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        for case in cases:
            prepare(case, work / case)
        judge(jars, [work / case for case in cases])
        for case in cases:
            if "--write" in flags:
                write(case, work / case)
                continue
            problems = check(case, work / case)
            if problems:
                failed.add(case)
                print(f"FAILED {case}", *problems, sep="\n  ")
    if "--write" in flags:
        return
    if "--docs" in flags:
        write_docs(cases, failed)
    print(f"{len(cases) - len(failed)} of {len(cases)} cases agree with Flink {VERSION}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
