"""What was sent, and what must be true of what is found after a kill.

Every record has one outcome:
  acknowledged  a reply came with a sequence number: the record must be there, once, for ever
  refused       an error reply came: the record must not be there
  unknown       the connection broke before a reply: the record may be there, once, or not
Where the clock is moved so that records expire, time is counted in epochs: 2i while i moves are
done, 2i - 1 while the i-th is under way. What was acknowledged before the last move began must be
gone; what was sent after it must be there.
"""
import collections
import threading
import typing

ACKNOWLEDGED, REFUSED, UNKNOWN = "acknowledged", "refused", "unknown"
KINDS = ("lost", "duplicated", "reordered", "reused", "invented")


class Failure(Exception):
    """A promise that was not kept; the message says which."""


class Sent(typing.NamedTuple):
    outcome: str
    shard: typing.Optional[str]
    number: typing.Optional[int]
    sent_epoch: int = 0
    reply_epoch: int = 0


def partition_key(key):
    """A record's partition key follows from its writer and its number."""
    return f"k{(key[0] * 7919 + key[1] * 104729) % 1000}"


class Ledger:
    """What became of every record any writer sent. The lock guards `sent` and `seen`."""

    def __init__(self):
        self.sent = {}  # (writer, number) -> Sent
        self.seen = {}  # (writer, number) -> (shard, sequence number, epoch), as a reader was shown it
        self.lock = threading.Lock()
        self.first_acknowledged = threading.Event()
        self.epoch = 0
        self.noted = self.acknowledged = 0  # ever

    def note(self, rows, sent_epoch=0):
        with self.lock:
            for key, outcome, shard, number in rows:
                self.sent[key] = Sent(outcome, shard, number, sent_epoch, self.epoch)
            self.noted += len(rows)
            acknowledged = sum(row[1] == ACKNOWLEDGED for row in rows)
            self.acknowledged += acknowledged
        if acknowledged:
            self.first_acknowledged.set()

    def note_seen(self, rows, epoch):
        with self.lock:
            for shard, number, key in rows:
                self.seen[key] = (shard, number, epoch)

    def counts(self):
        return collections.Counter(sent.outcome for sent in self.sent.values())


class History:
    """Which record each sequence number was seen to belong to, over all cycles."""

    def __init__(self):
        self.owner = {}  # (shard, sequence number) -> (writer, number)

    def claim(self, shard, number, key):
        """What is wrong with it, or None."""
        other = self.owner.setdefault((shard, number), key)
        return None if other == key else f"{shard}: number {number} was given to {other} and to {key}"


def check_order(stored):
    """Along each shard numbers rise and each writer's records stand as they were sent."""
    for shard, rows in stored.items():
        last, before = {}, 0
        for number, key in rows:
            if number <= before:
                yield "reordered", f"{shard}: sequence number {number} stands after {before}"
            before = number
            writer, n = key
            if last.get(writer, -1) >= n:
                yield "reordered", f"{shard}: writer {writer}'s record {n} stands after its record {last[writer]}"
            last[writer] = n


def check_keys(where):
    """Of one writer and one partition key numbers rise, from parents to children too."""
    by_key = collections.defaultdict(list)
    for key, (_, number) in where.items():
        by_key[key[0], partition_key(key)].append((key[1], number))
    for (writer, name), rows in by_key.items():
        rows.sort()
        for (n, number), (later, higher) in zip(rows, rows[1:]):
            if higher <= number:
                yield "reordered", f"writer {writer}, {name}: record {later} has {higher}, record {n} before it {number}"


def find(stored, ledger, history, moves=0):
    """(kind, what) of everything that is wrong, and where each record is. `moves` of the clock are done."""
    wrong = list(check_order(stored))
    where = {}
    for shard, rows in stored.items():
        for number, key in rows:
            if key in where:
                wrong.append(("duplicated", f"record {key} is there twice: {where[key]} and {(shard, number)}"))
            where[key] = (shard, number)
            said = history.claim(shard, number, key)
            if said:
                wrong.append(("reused", said))
    wrong += check_keys(where)
    for key, sent in ledger.sent.items():
        if sent.outcome == ACKNOWLEDGED:
            said = history.claim(sent.shard, sent.number, key)
            if said:
                wrong.append(("reused", said))
            if key not in where:
                if sent.sent_epoch >= 2 * moves:
                    wrong.append(("lost", f"acknowledged record {key} ({sent.shard}, {sent.number}) is lost"))
            elif where[key] != (sent.shard, sent.number):
                wrong.append(
                    ("reordered", f"record {key} was acknowledged as {(sent.shard, sent.number)} and is {where[key]}")
                )
            elif sent.reply_epoch < 2 * moves - 1:
                wrong.append(("invented", f"record {key} had expired and is there again: {where[key]}"))
        elif sent.outcome == REFUSED and key in where:
            wrong.append(("invented", f"refused record {key} is there: {where[key]}"))
    for key in where:
        if key not in ledger.sent:
            wrong.append(("invented", f"record {key} is there and nobody sent it"))
    for key, (shard, number, epoch) in ledger.seen.items():
        if epoch < 2 * moves or ledger.sent.get(key, Sent(UNKNOWN, None, None)).sent_epoch < 2 * moves:
            continue
        if where.get(key) != (shard, number):
            wrong.append(("lost", f"a reader had seen record {key} as {(shard, number)}: it is {where.get(key)}"))
    return wrong, where


def check(stored, ledger, history, moves=0):
    """Raises Failure at the first promise that was not kept; gives the number of records there."""
    wrong, where = find(stored, ledger, history, moves)
    if wrong:
        raise Failure(wrong[0][1])
    return len(where)


def check_lineage(shards, stored):
    """Open shards share all hash keys, closed ones have an end, and nothing stands beyond it."""
    known = {shard["ShardId"]: shard for shard in shards}
    opened = [s for s in shards if "EndingSequenceNumber" not in s["SequenceNumberRange"]]
    at = 0
    for shard in sorted(opened, key=lambda s: int(s["HashKeyRange"]["StartingHashKey"])):
        if int(shard["HashKeyRange"]["StartingHashKey"]) != at:
            raise Failure(f"the hash keys from {at} on belong to no open shard, or to two")
        at = int(shard["HashKeyRange"]["EndingHashKey"]) + 1
    if at != 1 << 128:
        raise Failure(f"the hash keys from {at} on belong to no open shard")
    for shard in shards:
        for name in ("ParentShardId", "AdjacentParentShardId"):
            parent = known.get(shard.get(name))
            if parent and "EndingSequenceNumber" not in parent["SequenceNumberRange"]:
                raise Failure(f"{parent['ShardId']} is open and has the child {shard['ShardId']}")
        end = shard["SequenceNumberRange"].get("EndingSequenceNumber")
        rows = stored.get(shard["ShardId"], [])
        if end and rows and rows[-1][0] > int(end):
            raise Failure(f"{shard['ShardId']}: record {rows[-1]} stands beyond its end {end}")


def settle_unknown(where, ledger):
    """What a restart showed of an unknown put is final: there means acknowledged, absent means refused."""
    for key, sent in list(ledger.sent.items()):
        if sent.outcome == UNKNOWN:
            found = where.get(key)
            ledger.sent[key] = (
                sent._replace(outcome=ACKNOWLEDGED, shard=found[0], number=found[1])
                if found
                else sent._replace(outcome=REFUSED)
            )
