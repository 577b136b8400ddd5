"""What the figures are held against, and the tables made of them."""
import re

BEGIN, END = "<!-- {}: written by ./dev bench --docs -->", "<!-- end of {} -->"


def number(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}".rstrip("0").rstrip(".")


def servers_table(rows, absent, when):
    """The servers side by side, as Markdown."""
    lines = [
        f"| server ({when}) | PutRecord /s (p50) | of echo | PutRecords, records/s | GetRecords, records/s | server's CPU a put | RSS MB, start -> after |",
        "|---|---|---|---|---|---|---|",
    ]
    echo = next((row["put"]["records_per_s"] for row in rows if row["server"] == "echo" and "put" in row), None)

    def cell(result):
        return number(result["records_per_s"]) if result else "-"

    for row in rows:
        put = row.get("put")
        first = f"{number(put['records_per_s'])} ({put['p50_ms']:.2f} ms)" if put else "-"
        share = f"{put['records_per_s'] / echo:.2f}" if put and echo else "-"
        cpu = f"{put['server_us_per_call']:.1f} us" if put and "server_us_per_call" in put else "-"
        rss = f"{row['rss_start_mb']:.0f} -> {row['rss_after_mb']:.0f}" if row.get("rss_start_mb") else "-"
        lines.append(f"| {row['server']} | {first} | {share} | {cell(row.get('puts'))} | {cell(row.get('gets'))} | {cpu} | {rss} |")
    for name in absent:
        lines.append(f"| {name} | not installed on this machine | | | | | |")
    return lines


class Goal:
    """One line of the table of goals; `at_least` or at most."""

    def __init__(self, name, value, must, stretch, at_least=True, unit=""):
        self.name, self.value, self.must, self.stretch = name, value, must, stretch
        self.at_least, self.unit = at_least, unit

    def met(self, mark):
        if mark is None:
            return False
        return self.value >= mark if self.at_least else self.value <= mark

    def verdict(self):
        if self.met(self.stretch):
            return "stretch"
        return "must" if self.met(self.must) else "NOT MET"

    def line(self):
        sign = "" if self.at_least else "<= "

        def mark(value):
            return "-" if value is None else f"{sign}{number(value)}{self.unit}"

        return f"| {self.name} | {number(self.value)}{self.unit} | {mark(self.must)} | {mark(self.stretch)} | {self.verdict()} |"


def goals(report):
    """Those that this run has figures for."""
    found = []
    rows = {row["server"].split()[0] if row["server"].startswith("ferro") else row["server"]: row for row in report.get("rows", [])}
    ours, echo, ferro = rows.get("millrace --durability full"), rows.get("echo"), rows.get("ferrokinesis")

    def rate(row, name):
        return row[name]["records_per_s"] if row and row.get(name) else None

    def ratio(name, other, title, must, stretch=None):
        mine, theirs = rate(ours, name), rate(other, name)
        if mine and theirs:
            found.append(Goal(title, round(mine / theirs, 2), must, stretch))

    ratio("put", echo, "PutRecord, share of echo", 0.6, 0.8)
    ratio("put", ferro, "PutRecord, times ferrokinesis in memory", 1.5)
    ratio("puts", ferro, "PutRecords, times ferrokinesis in memory", 6)
    if rate(ours, "puts"):
        found.append(Goal("PutRecords, records/s", rate(ours, "puts"), 650_000, 1_000_000))
    ratio("gets", ferro, "GetRecords, times ferrokinesis in memory", 5)
    if rate(ours, "gets"):
        found.append(Goal("GetRecords, records/s", rate(ours, "gets"), 1_400_000, 2_500_000))
    latency = report.get("latency", {})
    if latency.get("read"):
        poll = latency["read"]["poll_ms"]
        found.append(Goal(f"put to read, polled every {poll} ms, median", latency["read"]["p50_ms"], 3 + poll, 1 + poll, False, " ms"))
    if latency.get("push"):
        found.append(Goal("put to fan-out push, median", latency["push"]["p50_ms"], 3, 1, False, " ms"))
    stored = report.get("stored", {})
    if "rss_mb" in stored:
        found.append(Goal(f"RSS after {stored['records'] / 1e6:g} million records", stored["rss_mb"], 80, 40, False, " MB"))
    if "start_ms" in stored:
        found.append(Goal("start on them to `Ready.`", stored["start_ms"], 100, 30, False, " ms"))
        found.append(Goal("start after SIGKILL under load", stored["start_after_kill_ms"], 100, 30, False, " ms"))
    for key, title in (("growth_records", "stored 10 M / 10 k"), ("growth_shards", "1,000 shards / 1"), ("growth_streams", "1,000 streams / 1")):
        for load, what in (("put", "PutRecord"), ("puts", "PutRecords"), ("gets", "GetRecords")):
            pair = report.get(key, {}).get(load)
            if pair:
                found.append(Goal(f"{what}: {title}, rates", pair["ratio"], 0.9, None))
                found.append(Goal(f"{what}: {title}, processor time a call", pair["cost"], 1.1, None, False))
    trimming = report.get("trimming")
    if trimming:
        title = f"PutRecord p99 at {trimming['rate']:,}/s while trimming (alone: {trimming['p99_alone_ms']:.1f} ms)"
        found.append(Goal(title, trimming["p99_ms"], 20, None, False, " ms"))
    return found


def goals_table(found):
    lines = ["| measure | figure | must reach | stretch | reached |", "|---|---|---|---|---|"]
    return lines + [goal.line() for goal in found]


def summary(found):
    """One line for the README."""
    wanted = (
        ("PutRecord, share of echo", "PutRecord {} of an HTTP echo"),
        ("PutRecords, records/s", "PutRecords {} records/s"),
        ("GetRecords, records/s", "GetRecords {} records/s"),
        ("put to fan-out push, median", "put to push {}"),
        ("RSS after", "{} of memory with 10 million records"),
        ("start on them", "start on them in {}"),
    )
    parts = []
    for start, text in wanted:
        goal = next((one for one in found if one.name.startswith(start)), None)
        if goal:
            parts.append(text.format(number(goal.value) + goal.unit))
    return "Speed, every acknowledged record on the disk: " + ", ".join(parts) + "."


def rewrite(path, name, lines):
    """Puts lines between the markers `name` of a document; False: it has none."""
    text = path.read_text()
    begin, end = BEGIN.format(name), END.format(name)
    pattern = re.escape(begin) + r".*?" + re.escape(end)
    if not re.search(pattern, text, re.S):
        return False
    made = "\n".join([begin, *lines, end])
    path.write_text(re.sub(pattern, lambda _: made, text, flags=re.S))
    return True
