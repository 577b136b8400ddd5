"""What calls cost when there is much of something, beside the same calls where there is little.

  records   10 thousand stored, or 10 million
  shards    1 shard, or 1,000
  streams   1 stream, or 1,000 that are put to in turn

PutRecord, PutRecords and GetRecords, --durability full. Both servers run at the same time and are
loaded in turn, little much, much little, ..., in short rounds: whatever else the machine does meets
both. A ratio is the median over the rounds, once of the rates and once of the server's processor
time for a call, which does not depend on the machine's other work. The server with little begins
anew each round, because its own load makes it grow.
"""
import shutil
import statistics
import tempfile

from measures import DATA, check_count, gets_load, put_load, puts_load
from servers import start_emulator

FIRST = "shardId-000000000000"
PAGES = 20_000  # records, two pages of GetRecords: what the server with little holds
ROUNDS = 5


class Side:
    """A server under one of the two conditions."""

    def __init__(self, bin_folder, streams, shards, folder=None, server=None):
        self.own = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="millrace-bench-")
        self.streams, self.stream, self.positions, self.answered = streams, "s{m}", {}, []
        if server:
            self.server = server
            return
        names = ",".join(f"s{number}:{shards}" for number in range(streams))
        flags = ("--data", self.folder + "/data", "--durability", "full", "--init", names)
        self.server = start_emulator(bin_folder, "millrace", *flags)
        self.server.wait_active(f"s{streams - 1}")
        fill_first_shard(self.server, "s0", PAGES)

    def load(self, name, seconds):
        if name == "gets":
            # From the middle of what there is: much is not all in the page cache's newest part.
            return gets_load(self.server, "s0", FIRST, seconds, self.folder, self.positions.get("gets"))
        load, per_call = {"put": (put_load, 1), "puts": (puts_load, 500)}[name]
        result = load(self.server, self.stream, seconds, self.folder, self.streams)
        self.answered.append(result["requests"] * per_call)
        return result

    def close(self):
        if self.own:
            self.server.stop()
            shutil.rmtree(self.folder, ignore_errors=True)


def fill_first_shard(server, stream, count):
    """With ExplicitHashKey: all of it is in one shard however many there are."""
    records = [{"PartitionKey": f"k{i}", "ExplicitHashKey": "0", "Data": DATA} for i in range(500)]
    for _ in range(count // 500):
        server.call("PutRecords", {"StreamName": stream, "Records": records})


def compare(make_little, make_much, seconds, rounds=ROUNDS):
    """{load: {"few": ..., "many": ..., "ratio": of rates, "cost": of processor times}}."""
    much, found = make_much(), {}
    try:
        for name in ("put", "puts", "gets"):
            pairs = []
            for number in range(rounds):
                little = make_little()
                try:
                    pair = {}
                    for side in ("little", "much") if number % 2 == 0 else ("much", "little"):
                        pair[side] = (little if side == "little" else much).load(name, seconds)
                    pairs.append(pair)
                finally:
                    little.close()
            found[name] = summary(pairs)
        if much.own and much.streams == 1:
            much.server.must_count = check_count(
                much.server, "s0", PAGES + sum(much.answered), len(much.answered) * 4 * 500
            )
        return found
    finally:
        much.close()


def summary(pairs):
    def median(side, what):
        return statistics.median(pair[side][what] for pair in pairs)

    def ratio(what):
        return round(statistics.median(pair["much"][what] / pair["little"][what] for pair in pairs), 3)

    return {
        "few": median("little", "records_per_s"),
        "many": median("much", "records_per_s"),
        "ratio": ratio("records_per_s"),
        "few_us": median("little", "server_us_per_call"),
        "many_us": median("much", "server_us_per_call"),
        "cost": ratio("server_us_per_call"),
        "ratios": [round(pair["much"]["records_per_s"] / pair["little"]["records_per_s"], 2) for pair in pairs],
    }


def by_records(bin_folder, seconds, server, folder, middle, answered):
    """`server` holds the ten million in s0; `middle` is a position halfway in its first shard."""

    def much():
        side = Side(bin_folder, 1, 4, folder, server)
        side.positions["gets"] = middle
        side.answered = answered
        return side

    return compare(lambda: Side(bin_folder, 1, 4), much, seconds)


def by_shards(bin_folder, seconds, say, count=1000):
    say(f"1 shard and {count:,} shards, in turn")
    return compare(lambda: Side(bin_folder, 1, 1), lambda: Side(bin_folder, 1, count), seconds)


def by_streams(bin_folder, seconds, say, count=1000):
    say(f"1 stream and {count:,} streams, in turn")
    return compare(lambda: Side(bin_folder, 1, 1), lambda: Side(bin_folder, count, 1), seconds)
