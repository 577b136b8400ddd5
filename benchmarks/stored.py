"""What a store of ten million records costs: memory, start, and speed beside a nearly empty one.

  growth   the loads on the ten million beside those on ten thousand (growth.py)
  rss      resident memory after the ten million and the loads on them
  start    from exec to `Ready.` on that store: after a clean stop, and after SIGKILL

--durability full. Checked: the stored records are counted by reading all of them.
"""
import shutil
import statistics
import tempfile
import time

import growth
from measures import check_count, puts_load
from servers import Failed, start_emulator


def big_store(bin_folder, seconds, want, records, say):
    """growth by records, rss and start: they share the ten million."""
    folder = tempfile.mkdtemp(prefix="millrace-bench-")
    server = None
    report = {"records": records}
    try:
        flags = ("--data", folder + "/data", "--durability", "full", "--init", "s0:4")
        server = start_emulator(bin_folder, "millrace", *flags)
        report["rss_start_mb"] = server.rss_mb()
        server.wait_active("s0")
        say(f"filling with {records:,} records")
        growth.fill_first_shard(server, "s0", growth.PAGES)
        counts = [growth.PAGES]
        begun, most_rss, middle = time.monotonic(), 0.0, None
        while sum(counts) < records:
            counts.append(puts_load(server, "s0", 5, folder)["requests"] * 500)
            most_rss = max(most_rss, server.rss_mb())
            if middle is None and sum(counts) > records / 2:
                middle = server.iterator("s0", growth.FIRST, "LATEST")
            if time.monotonic() - begun > 600:
                raise Failed(f"only {sum(counts):,} records in ten minutes")
        report["fill_records_per_s"] = round(sum(counts) / (time.monotonic() - begun))
        if "growth" in want:
            say(f"{growth.PAGES:,} records and {records:,} records, in turn")
            report["growth_records"] = growth.by_records(bin_folder, seconds, server, folder, middle, counts)
        say("counting them")
        # Each run may leave its calls in flight stored but unanswered.
        report["stored"] = check_count(server, "s0", sum(counts), len(counts) * 4 * 500)
        report["rss_mb"] = max(most_rss, server.rss_mb())
        say("starting on them")
        report["stop_seconds"] = timed(server.stop)
        starts = []
        for _ in range(5):
            server.start()
            starts.append(server.start_seconds)
            server.stop()
        report["start_ms"] = round(statistics.median(starts) * 1000, 1)
        killed = []
        for _ in range(3):
            server.start()
            puts_load(server, "s0", 1, folder)
            server.stop(kill=True)
            server.start()
            killed.append(server.start_seconds)
            server.stop(kill=True)
        report["start_after_kill_ms"] = round(statistics.median(killed) * 1000, 1)
        server.start()
        if server.count("s0") < report["stored"]:
            raise Failed("records are missing after the restarts")
        return report
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def timed(action):
    begun = time.monotonic()
    action()
    return round(time.monotonic() - begun, 3)
