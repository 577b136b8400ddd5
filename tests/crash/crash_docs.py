#!/usr/bin/env python3
"""Writes what ./dev crash left in a folder (default build/crash) into docs/reliability.md, and a line of it into README.md."""
import json
import pathlib
import re
import sys

import report
from kill_check import KINDS


def kills(folder):
    path = folder / "kill.json"
    if not path.exists():
        return
    rows = json.loads(path.read_text())
    rows.sort(key=lambda row: not row["server"].startswith("millrace"))
    lines = [
        [row["server"], row["kills"], f"{row['acknowledged']:,}", row["reshards"], row["trims"]]
        + [f"{row[kind]:,}" for kind in KINDS]
        + [f"{row['start_p50_ms']} / {row['start_max_ms']}", row["failure"] or "-"]
        for row in rows
    ]
    heads = ["server", "kills", "acknowledged", "splits, merges", "trims", *KINDS, "start ms, median / most", "ended by"]
    report.write_section("kill", report.table(heads, lines) + f"\n{report.machine()}\n")


def faults(folder):
    lines = []
    for path in sorted(folder.glob("power-*.txt")) + sorted(folder.glob("errors*.txt")):
        if not path.exists():
            continue
        text = path.read_text()
        for found in re.finditer(r"^(power cuts|I/O errors): (.+)$", text, re.M):
            verdict = "as promised"
            if "MISSING" in text or "BROKEN" in text:
                verdict = "BROKEN"
            elif "what was to be seen" in text:
                verdict = "broken, as it must be: the disk lies about its syncs"
            elif not re.search(r"\b0 broken promises", text) and found[1] == "power cuts":
                verdict = "BROKEN"
            more = re.search(r"^  failed: (.+)$", text, re.M)
            lines.append([found[1], found[2].rstrip(".") + (f"; failed: {more[1]}" if more else ""), verdict])
    if lines:
        report.write_section("faults", report.table(["run", "figures", "outcome"], lines) + f"\n{report.machine()}\n")


def summary(folder):
    """One line for the README, of what this folder has figures for."""
    parts = []
    path = folder / "kill.json"
    ours = [row for row in json.loads(path.read_text()) if row["server"].startswith("millrace")] if path.exists() else []
    if ours:
        kills, records = sum(row["kills"] for row in ours), sum(row["acknowledged"] for row in ours)
        wrong = sum(row[kind] for row in ours for kind in KINDS)
        parts.append(
            f"{kills} kills under load with {records:,} acknowledged records, {wrong} lost, twice, out of order or numbered anew"
        )
    cuts = broken = runs = 0
    for path in folder.glob("power-*.txt"):
        text = path.read_text()
        found = re.search(r"^power cuts: (\d+) in .* (\d+) broken promises", text, re.M)
        if found and "the disk lied" not in text:
            cuts, broken = cuts + int(found[1]), broken + int(found[2])
    for path in folder.glob("errors*.txt"):
        found = re.search(r"^I/O errors: (\d+) runs", path.read_text(), re.M)
        runs += int(found[1]) if found else 0
        broken += "BROKEN" in path.read_text()
    if cuts or runs:
        parts.append(f"{cuts:,} power cuts and {runs:,} runs with failing disks, simulated, {broken} broken promises")
    if parts:
        report.write_section("survives", "What it has survived: " + "; ".join(parts) + ".\n", report.ROOT / "README.md")


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else report.ROOT / "build/crash")
    kills(folder)
    faults(folder)
    summary(folder)


if __name__ == "__main__":
    main()
