"""Runs the SQL cases of this folder through the real millrace-runtime.

Usage: run_cases.py PATH_TO_RUNTIME [CASE ...]

A case is <name>.sql with ${case.in}, ${case.out} and ${case.out2} for its files, and what it must give:
  <name>.in.*        the input (read by the filesystem connector)
  <name>.out.*       the rows written, in order, those of a partition as dt=2024-01-01/hour=7: {...};
                     likewise .out2.*
  <name>.stdout      what is printed
  <name>.err         how the message on standard error begins (behind "file:"); the exit code is then 2
                     for a fault of the script and 1 for one at run time ("job failed: ...")
Every case runs again with --parallelism 4 and --drain: the same rows, in any order.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def read_rows(directory):
    """All part files of a filesystem sink, in the order of their names; a row of a partition behind its folder."""
    if not directory.exists():
        return ""
    if directory.is_file():
        return directory.read_text(encoding="utf-8")
    parts = [path for path in sorted(directory.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    rows = []
    for path in parts:
        folder = path.parent.relative_to(directory).as_posix()
        before = "" if folder == "." else f"{folder}: "
        rows += [before + line for line in path.read_text(encoding="utf-8").splitlines(keepends=True)]
    return "".join(rows)


def one_file(stem):
    """The file <stem>.*, whatever its format; a name that is not there when there is none."""
    return next(HERE.glob(f"{stem}.*"), HERE / f"{stem}.jsonl")


def run(runtime, case, work, extra):
    properties = work / "application_properties.json"
    values = {"in": str(one_file(f"{case}.in")), "out": str(work / "out"), "out2": str(work / "out2")}
    properties.write_text(json.dumps([{"PropertyGroupId": "case", "PropertyMap": values}]))
    command = [runtime, "run", f"{case}.sql", "--properties", str(properties), "--log-level", "warn", *extra]
    return subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=60, encoding="utf-8")


def check(runtime, case, extra, any_order=False):
    """any_order: rows of different keys may stand otherwise."""
    problems = []

    def shape(text):
        return sorted(text.splitlines()) if any_order else text

    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        done = run(runtime, case, work, extra)
        error = HERE / f"{case}.err"
        if error.exists():
            wanted = error.read_text(encoding="utf-8").rstrip("\n")
            at_run_time = wanted.startswith("job failed")
            start = wanted if at_run_time else f"{case}.sql:{wanted}"
            if done.returncode != (1 if at_run_time else 2):
                problems.append(f"exit code {done.returncode}")
            if not done.stderr.startswith(start):
                problems.append(f"standard error is\n{done.stderr}but should begin\n{start}")
            if not at_run_time and read_rows(work / "out"):
                problems.append("rows were written")
            return problems
        if done.returncode != 0:
            return [f"exit code {done.returncode}: {done.stderr}"]
        printed = HERE / f"{case}.stdout"
        if printed.exists() and shape(done.stdout) != shape(printed.read_text(encoding="utf-8")):
            problems.append(f"printed\n{done.stdout}but should have printed\n{printed.read_text(encoding='utf-8')}")
        for output in ("out", "out2"):
            golden = one_file(f"{case}.{output}")
            if golden.exists() and shape(read_rows(work / output)) != shape(golden.read_text(encoding="utf-8")):
                problems.append(f"{output} is\n{read_rows(work / output)}but should be\n"
                                f"{golden.read_text(encoding='utf-8')}")
    return problems


def main():
    runtime = str(pathlib.Path(sys.argv[1]).resolve())
    cases = sys.argv[2:] or sorted(path.stem for path in HERE.glob("*.sql"))
    if not cases:
        sys.exit("there are no cases")
    failed = 0
    for case in cases:
        golden = [path for path in HERE.glob(f"{case}.*") if path.suffix != ".sql" and ".in." not in path.name]
        problems = [] if golden else ["the case says nothing of what it should give"]
        for extra, any_order in ((["--parallelism", "1"], False), (["--parallelism", "4", "--drain"], True)):
            problems += [f"{' '.join(extra)}: {text}" for text in check(runtime, case, extra, any_order)]
        if problems:
            failed += 1
            print(f"FAILED {case}", *problems, sep="\n  ")
    print(f"{len(cases) - failed} of {len(cases)} cases passed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
