"""Runs the SQL cases through real Apache Flink and compares with what they should give.

Usage: run_flink.py [CASE ...]

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
    "first_value_hop": "Flink has no merge for FIRST_VALUE",
    "top_1_number": "Flink leaves out -U when the number of a Top-1 is selected",
}


def skip(why):
    print(f"skipped: {why}")
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


def prepare(case, folder):
    folder.mkdir()
    values = {"in": CASES / f"{case}.in.jsonl", "out": folder / "out", "out2": folder / "out2"}
    text = (CASES / f"{case}.sql").read_text(encoding="utf-8")
    text = re.sub(r"\$\{case\.(in|out|out2)\}", lambda match: str(values[match[1]]), text)
    (folder / "script.sql").write_text(text, encoding="utf-8")


def rows(folder):
    return [line for part in folder.rglob("part-*") for line in part.read_text(encoding="utf-8").splitlines()]


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
    sentences = sentences.replace("': Cannot discover", "'\nCannot discover").replace(
        "': Unsupported options", "'\nUnsupported options")
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
        golden = CASES / f"{case}.{output}.jsonl"
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


def main():
    if shutil.which("java") is None:
        skip("there is no java")
    cases = sys.argv[1:] or [path.stem for path in sorted(CASES.glob("*.sql")) if path.stem not in LEFT_OUT]
    jars = flink_jars()
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        for case in cases:
            prepare(case, work / case)
        opens = [f"--add-opens=java.base/java.{package}=ALL-UNNAMED" for package in ("util", "lang")]
        command = ["java", "-Xmx900m", *opens, "-cp", f"{jars}/*", str(HERE / "Judge.java")]
        done = subprocess.run(command + [str(work / case) for case in cases], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"Flink ended with {done.returncode}:\n{done.stderr[-4000:]}")
        for case in cases:
            problems = check(case, work / case)
            failed += bool(problems)
            if problems:
                print(f"FAILED {case}", *problems, sep="\n  ")
    print(f"{len(cases) - failed} of {len(cases)} cases agree with Flink {VERSION}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
