"""Writes docs/api.md from what the emulator says of itself. Usage: api_docs.py EMULATOR FILE [--check]

With --check nothing is written: exit code 1 and the difference when the file is not up to date.
"""
import difflib
import json
import pathlib
import subprocess
import sys

HEAD = """# The Kinesis API as it is served

Made by `./dev docs` from `millrace-emulator api`, which tells every member's type and limits as well; do not
edit. That the two agree with AWS's own service model, operation by operation and rule by rule, is what the
test `audit` checks.

{count} operations, all served. In the lists of what is asked, **bold** members are required; of what is
answered, bold ones are always there. Operations of the *look* lane read memory, those of the *read* lane
records, those of the *change* lane are answered once their change is on disk.

| operation | lane | asked | answered | differs from AWS, and why |
|---|---|---|---|---|
"""


def members(structure):
    names = [f"**{name}**" if member.get("required") else name for name, member in structure["members"].items()]
    return ", ".join(names) or "-"


def page(operations):
    rows = [
        f"| {name} | {one['lane']} | {members(one['input'])} | {members(one['output'])} | {one.get('note', '')} |\n"
        for name, one in operations.items()
    ]
    return HEAD.format(count=len(rows)) + "".join(rows)


def main():
    emulator, path = sys.argv[1], pathlib.Path(sys.argv[2])
    told = subprocess.run([emulator, "api"], capture_output=True, text=True, check=True, timeout=60)
    wanted = page(json.loads(told.stdout)["operations"])
    if sys.argv[3:] == ["--check"]:
        present = path.read_text() if path.exists() else ""
        if present == wanted:
            return 0
        sys.stdout.writelines(difflib.unified_diff(present.splitlines(True), wanted.splitlines(True), str(path), "wanted"))
        print(f"{path} is not what the emulator says of itself: ./dev docs writes it anew")
        return 1
    path.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
