"""Tables of docs/reliability.md: each command writes its own, between two marks."""
import os
import pathlib
import platform
import re
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reliability.md"


def machine(folder="."):
    """The machine in one line, with what decides about figures of durability."""
    model = re.search(r"model name\s*:\s*(.+)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())[1]) / 1048576
    system = re.search(r'PRETTY_NAME="([^"]+)"', pathlib.Path("/etc/os-release").read_text())
    kind, longest = "?", -1
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        _, point, kind_here = line.split()[:3]
        if os.path.realpath(folder).startswith(point) and len(point) > longest:
            kind, longest = kind_here, len(point)
    return (
        f"{os.cpu_count()} cores ({model[1].strip() if model else platform.machine()}), {memory:.0f} GiB, "
        f"{system[1] if system else platform.system()}, Linux {platform.release()}, data on {kind}, "
        f"{time.strftime('%Y-%m-%d')}"
    )


def write_section(name, text, file=PAGE):
    """Puts text between <!-- begin NAME --> and <!-- end NAME -->."""
    page = file.read_text()
    marks = re.compile(rf"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.S)
    if not marks.search(page):
        raise SystemExit(f"{file} has no section {name}")
    file.write_text(marks.sub(lambda found: found[1] + text.rstrip("\n") + "\n" + found[2], page))


def table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"
