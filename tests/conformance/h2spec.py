#!/usr/bin/env python3
"""h2spec, strict, against the emulator: in clear text by prior knowledge, and over TLS by ALPN.

Prints `h2spec <version>, <transport>: <passed> of <cases>` for each, and what failed. Exit 0: all
passed. 77 (ctest: skipped): no Go, or h2spec could not be fetched (a failure where CI is set).
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MILLRACE_BIN", ROOT / "build/release/bin"))
VERSION = "v2.2.1+incompatible"
TOOL = ROOT / "build/tools/h2spec"


def skip(why, failure_in_ci):
    print(f"SKIPPED: {why}")
    sys.exit(1 if failure_in_ci and os.environ.get("CI") else 77)


def need_h2spec():
    if TOOL.exists():
        return
    go = shutil.which("go") or shutil.which("/usr/local/go/bin/go")
    if not go:
        skip("no Go to build h2spec with", False)
    TOOL.parent.mkdir(parents=True, exist_ok=True)
    built = subprocess.run(
        [go, "install", f"github.com/summerwind/h2spec/cmd/h2spec@{VERSION}"],
        env=os.environ | {"GOBIN": str(TOOL.parent), "GOFLAGS": "-mod=mod"}, capture_output=True, text=True,
        timeout=300, check=False, cwd=TOOL.parent)  # fmt: skip
    if built.returncode != 0:
        skip(f"h2spec could not be built: {built.stderr[-500:]}", True)


def run(port, transport, options):
    """How many cases failed."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        subprocess.run(
            [TOOL, "-h", "127.0.0.1", "-p", str(port), "-P", "/_millrace/health", "--strict", "-o", "5",
             "-j", report.name, *options], stdout=subprocess.DEVNULL, timeout=600, check=False)  # fmt: skip
        cases = xml.etree.ElementTree.parse(report.name).getroot().iter("testcase")
        bad, total = [], 0
        for case in cases:
            total += 1
            wrong = [one for one in case if one.tag in ("failure", "error", "skipped")]
            if wrong:
                bad.append(f"  {case.get('package')} {case.get('classname')}: {wrong[0].tag} {(wrong[0].text or '').strip()}")
    print(f"h2spec {VERSION}, {transport}: {total - len(bad)} of {total}")
    print("\n".join(bad), end="\n" if bad else "")
    return len(bad) if total > 140 else 1


def main():
    need_h2spec()
    emulator = subprocess.Popen(
        [BIN / "millrace-emulator", "--listen", "127.0.0.1:0", "--memory"], stdout=subprocess.PIPE, text=True)
    try:
        port = None
        for line in emulator.stdout:
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            port = found[1] if found else port
            if line.startswith("Ready."):
                break
        failed = run(port, "clear text", []) + run(port, "TLS", ["-t", "-k"])
    finally:
        emulator.terminate()
        ended = emulator.wait(20)
    if ended != 0:
        print(f"the emulator ended with {ended}")
    sys.exit(1 if failed or ended else 0)


if __name__ == "__main__":
    main()
