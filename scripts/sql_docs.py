"""Writes docs/sql.md from the runtime's tables. Usage: sql_docs.py RUNTIME FEATURES FILE [--check]

RUNTIME tells functions, aggregates, connectors and formats (`millrace-runtime tables`), FEATURES is
runtime/sql/features.def. The table of cases that Flink agrees with is kept as it stands in FILE: tests/flink
writes it. With --check nothing is written: exit code 1 and the difference when the file is not up to date.
"""
import ast
import collections
import difflib
import pathlib
import re
import subprocess
import sys

HEAD = """# SQL as it is served

Made by `./dev docs` from the tables of the runtime and runtime/sql/features.def; do not edit, but for the
table of cases at the end, which `tests/flink/run_flink.py --docs` writes. What differs from Flink on purpose
is in [flink-parity.md](flink-parity.md).

States: **served** as Flink does it; **partly**, and the note says what is missing; **refused**, because Flink
refuses it, too; **missing**.
"""
BEGIN, END = "<!-- flink cases: begin -->", "<!-- flink cases: end -->"
SECTIONS = {
    "statement": "Statements",
    "type": "Types",
    "clause": "Queries",
    "join": "Joins",
    "window": "Windows",
    "time": "Time",
}
# Scalar functions of Flink 2.2 that the tables do not have, as its documentation lists them.
FLINK_ONLY = ["OBJECT_OF", "OBJECT_UPDATE", "PARSE_JSON", "TRY_PARSE_JSON", "JSON", "SOURCE_WATERMARK"]


def cell(text):
    return text.replace("\n", " ").replace("|", "\\|")


def features(path):
    found = collections.defaultdict(list)
    for match in re.finditer(r'^FEATURE\((\w+), ("(?:[^"\\]|\\.)*"), (\w+), ("(?:[^"\\]|\\.)*")\)$', path.read_text(), re.M):
        section, what, state, note = match[1], ast.literal_eval(match[2]), match[3], ast.literal_eval(match[4])
        if section not in SECTIONS or state not in ("served", "partly", "refused", "missing"):
            sys.exit(f"{path}: a row with an unknown section or state: {match[0]}")
        found[section].append((what, state, note))
    rows = sum(line.startswith("FEATURE(") for line in path.read_text().splitlines())
    if rows != sum(map(len, found.values())):
        sys.exit(f"{path}: a FEATURE row is not of the form FEATURE(section, \"what\", state, \"note\")")
    return found


def tables(runtime):
    told = subprocess.run([runtime, "tables"], capture_output=True, text=True, check=True, timeout=60).stdout
    found = collections.defaultdict(list)
    for line in told.splitlines():
        kind, *fields = line.split("\t")
        found[kind].append(fields)
    return found


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell(field) for field in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def forms(text):
    return "<br>".join(f"`{form.strip(chr(39))}`" for form in text.split("\\n"))


def page(runtime, features_file, present):
    told, written = tables(runtime), features(features_file)
    parts = [HEAD]
    for section, title in SECTIONS.items():
        parts.append(f"## {title}\n\n" + table(["what", "state", "note"], written[section]))
    functions = collections.OrderedDict()
    for family, name, form in told["function"]:
        functions.setdefault(family, []).append((name, form))
    count = sum(map(len, functions.values()))
    parts.append(f"## Functions\n\n{count} functions and operators, all served. Written in terms of others and not in "
                 "the tables: IN, BETWEEN [SYMMETRIC], OVERLAPS, NOT LIKE, IF, IFNULL, NULLIF, MOD, CAST and TRY_CAST, CASE.\n"
                 f"Missing of Flink's: {', '.join(FLINK_ONLY)}.\n")
    for family, rows in functions.items():
        parts.append(f"### {family.capitalize()}\n\n" + table(["name", "form"], [(f"`{name}`", forms(form)) for name, form in rows]))
    parts.append("### Aggregates\n\n" + ", ".join(f"`{name}`" for (name,) in told["aggregate"]) + "\n")
    parts.append("## Connectors\n\n" + table(["connector", "source", "sink", "options"], told["connector"]))
    parts.append("## Formats\n\n" + table(["format", "options"], told["format"]))
    kept = re.search(f"{BEGIN}.*?{END}", present, re.S)
    parts.append("## Cases run by Flink 2.2.1\n\n" + (kept[0] if kept else f"{BEGIN}\n{END}") + "\n")
    return "\n".join(parts)


def main():
    runtime, features_file, path = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    present = path.read_text() if path.exists() else ""
    wanted = page(runtime, features_file, present)
    if sys.argv[4:] == ["--check"]:
        if present == wanted:
            return 0
        sys.stdout.writelines(difflib.unified_diff(present.splitlines(True), wanted.splitlines(True), str(path), "wanted"))
        print(f"{path} is not what the runtime says of itself: ./dev docs writes it anew")
        return 1
    path.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
