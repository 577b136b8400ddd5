"""Random calls against a small model of the service: lineage, order, filters, retention, restarts.

A run is a seed and a number of steps. Each step draws what it does from its own source of chance, so that
any selection of a run's steps can be replayed: on a failure the run is repeated with fewer and fewer of its
steps, and the shortest that still fails is printed with what to type to see it again.

MILLRACE_MODEL_SEED    the seed of the only run (default: runs with seeds of their own)
MILLRACE_MODEL_STEPS   how many steps a run has, or which: "17,21,300"
MILLRACE_MODEL_KINDS   only these kinds of steps: "create put read"
MILLRACE_MODEL_SHRINK  seconds to spend on finding a shorter run that fails; 0: none
"""
import os
import random
import tempfile
import time
import traceback
import unittest
import unittest.mock

import botocore.exceptions

from tests.e2e.kinesis_model import HOUR_MS, TOP, Record, Stream, Window
from tests.e2e.support import ACCOUNT, ENDPOINT, REGION, Emulator, advance_clock, wait_until

RUNS = ((1, 450, 0), (2, 450, 0), (3, 450, 15), (4, 450, 0), (5, 450, 15))  # seed, steps, transition_ms
FILTERS = ("AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP")
NAMES = ("alpha", "beta", "gamma")
MOST_OPEN = 10
ITERATOR_LIFE_MS = 300_000
# A clock step: so many times 67 minutes, which meets no multiple of a day for long.
UNIT_MS = 67 * 60_000
NOT_FOUND = "ResourceNotFoundException"
ARGUMENT = "InvalidArgumentException"
IN_USE = "ResourceInUseException"


class Wrong(AssertionError):
    """The emulator did what the model does not."""


def same(what, got, expected):
    if got != expected:
        raise Wrong(f"{what}: {got!r}, the model says {expected!r}")


class Held:
    """An iterator that a reader keeps for later."""

    def __init__(self, text, stream, shard, index, issued):
        self.text, self.stream, self.shard, self.index, self.issued = text, stream, shard, index, issued


class Run:
    """One emulator, its model, and the steps between them."""

    def __init__(self, seed, transition_ms, folder):
        self.seed = seed
        self.emulator = Emulator(folder, ["--durability", "normal"], transition_ms)
        self.kinesis = self.emulator.client()
        self.offset_ms = 0
        self.streams = {}
        self.held = []
        self.log = []
        self.calls = 0
        steps = (
            (24, self.put),
            (10, self.put_many),
            (18, self.read),
            (10, self.read_on),
            (10, self.list_shards),
            (5, self.split),
            (4, self.merge),
            (2, self.reshard),
            (4, self.retention),
            (4, self.clock),
            (2, self.consumer),
            (3, self.tag),
            (3, self.create),
            (1, self.delete),
            (7, self.invalid),
            (3, self.describe),
            (1, self.restart),
            (1, self.kill),
        )
        self.kinds = [step for weight, step in steps for _ in range(weight)]
        only = os.environ.get("MILLRACE_MODEL_KINDS", "").split()
        if only:
            self.kinds = [step for step in self.kinds if step.__name__ in only]

    def close(self):
        self.emulator.__exit__(None, None, None)

    # ---- time and calls

    def now(self):
        return int(time.time() * 1000) + self.offset_ms

    def during(self, call):
        """(answer, window) of something that happens while call() runs."""
        low = self.now()
        answer = call()
        return answer, Window(low - 2, self.now() + 2)

    def call(self, operation, **arguments):
        self.calls += 1
        return self.during(lambda: getattr(self.kinesis, operation)(**arguments))

    def refused(self, code, operation, **arguments):
        self.calls += 1
        try:
            getattr(self.kinesis, operation)(**arguments)
        except botocore.exceptions.ClientError as error:
            same(f"{operation} {arguments}", error.response["Error"]["Code"], code)
            return error.response["Error"]["Message"]
        raise Wrong(f"{operation} {arguments}: succeeded, the model says {code}")

    def say(self, text):
        self.log[-1] += f" {text}"

    def run(self, number):
        """Step `number` of the run. What it does depends on the seed, the number and the state alone."""
        chance = random.Random(f"{self.seed}/{number}")
        step = chance.choice(self.kinds)
        if not self.streams and chance.random() < 0.8:
            step = self.create
        self.log.append(f"{number}: {step.__name__}")
        step(chance)

    def some_stream(self, chance):
        return self.streams[chance.choice(sorted(self.streams))] if self.streams else None

    def settled(self, stream):
        def active():
            found = self.kinesis.describe_stream_summary(StreamName=stream.name)["StreamDescriptionSummary"]
            return found["StreamStatus"] == "ACTIVE"

        wait_until(active, f"{stream.name} to be ACTIVE", pause_s=0.005)

    # ---- streams

    def create(self, chance):
        name = chance.choice(NAMES)
        shards = chance.randint(1, 4)
        self.say(f"{name} {shards}")
        if name in self.streams:
            self.refused(IN_USE, "create_stream", StreamName=name, ShardCount=shards)
            return
        _, when = self.call("create_stream", StreamName=name, ShardCount=shards)
        self.streams[name] = Stream(name, shards, when)
        self.settled(self.streams[name])

    def delete(self, chance):
        stream = self.some_stream(chance)
        if stream is None or chance.random() < 0.5:
            return
        self.say(stream.name)
        if stream.consumers:
            self.refused(IN_USE, "delete_stream", StreamName=stream.name)
        self.call("delete_stream", StreamName=stream.name, EnforceConsumerDeletion=True)
        del self.streams[stream.name]

        def gone():
            return stream.name not in self.kinesis.list_streams()["StreamNames"]

        wait_until(gone, f"{stream.name} to be gone", pause_s=0.005)

    def describe(self, chance):
        names = self.call("list_streams")[0]["StreamNames"]
        same("ListStreams", names, sorted(self.streams))
        stream = self.some_stream(chance)
        if stream is None:
            self.refused(NOT_FOUND, "describe_stream", StreamName="alpha")
            return
        self.say(stream.name)
        summary = self.call("describe_stream_summary", StreamName=stream.name)[0]["StreamDescriptionSummary"]
        same("OpenShardCount", summary["OpenShardCount"], len(stream.open_shards()))
        same("RetentionPeriodHours", summary["RetentionPeriodHours"], stream.retention_h)
        same("ConsumerCount", summary["ConsumerCount"], len(stream.consumers))
        made_ms = int(summary["StreamCreationTimestamp"].timestamp() * 1000)
        if not stream.made.low - 1000 <= made_ms <= stream.made.high:
            raise Wrong(f"{stream.name} was made at {made_ms}, the model says {stream.made}")

    def retention(self, chance):
        stream = self.some_stream(chance)
        if stream is None:
            return
        hours = chance.choice((24, 25, 48, 100, 168))
        self.say(f"{stream.name} {hours}")
        up, down = "increase_stream_retention_period", "decrease_stream_retention_period"
        if hours == stream.retention_h:
            return
        right, wrong = (up, down) if hours > stream.retention_h else (down, up)
        self.refused(ARGUMENT, wrong, StreamName=stream.name, RetentionPeriodHours=hours)
        stream.age(Window(self.now(), self.now()))
        _, when = self.call(right, StreamName=stream.name, RetentionPeriodHours=hours)
        stream.keep_for(hours, when)
        stream.age(when)
        self.settled(stream)

    def clock(self, chance):
        step = chance.choice((1, 1, 2, 5, 11, 20, 23, 40, 130)) * UNIT_MS
        if chance.random() < 0.3:
            step = chance.choice((1000, 299_000, 301_000))
        self.say(f"+{step} ms")
        advance_clock(self.emulator, step)
        self.offset_ms += step

    def restart(self, _):
        self.emulator.restart(kill=False)
        self.kinesis = self.emulator.client()

    def kill(self, _):
        self.emulator.restart(kill=True)
        self.kinesis = self.emulator.client()

    # ---- records

    def drawn_record(self, chance):
        record = {"Data": b"%d-%d" % (len(self.log), chance.randrange(10**9)), "PartitionKey": f"k{chance.randrange(10**6)}"}
        if chance.random() < 0.2:
            record["ExplicitHashKey"] = str(chance.choice((0, TOP - 1, TOP // 2, chance.randrange(TOP))))
        return record

    def keep(self, stream, record, answer, when):
        """Takes an acknowledged record into the model, after checking where it went."""
        shard = stream.shard_of(record["PartitionKey"], record.get("ExplicitHashKey"))
        same(f"the shard of {record}", answer["ShardId"], shard.id)
        number = int(answer["SequenceNumber"])
        floor = shard.records[-1].number if shard.records else shard.first_number
        if floor is not None and number <= floor:
            raise Wrong(f"{shard.id}: sequence number {number} after {floor}")
        shard.records.append(Record(number, record["Data"], record["PartitionKey"], when))

    def put(self, chance):
        stream = self.some_stream(chance)
        if stream is None:
            self.refused(NOT_FOUND, "put_record", StreamName="alpha", Data=b"x", PartitionKey="k")
            return
        record = self.drawn_record(chance)
        self.say(f"{stream.name} {record['PartitionKey']}")
        answer, when = self.call("put_record", StreamName=stream.name, **record)
        self.keep(stream, record, answer, when)

    def put_many(self, chance):
        stream = self.some_stream(chance)
        if stream is None:
            return
        records = [self.drawn_record(chance) for _ in range(chance.randint(1, 20))]
        self.say(f"{stream.name} {len(records)}")
        answer, when = self.call("put_records", StreamName=stream.name, Records=records)
        same("FailedRecordCount", answer["FailedRecordCount"], 0)
        same("results", len(answer["Records"]), len(records))
        for record, result in zip(records, answer["Records"]):
            self.keep(stream, record, result, when)

    def iterator(self, stream, shard, kind, **more):
        answer, when = self.call(
            "get_shard_iterator", StreamName=stream.name, ShardId=shard.id, ShardIteratorType=kind, **more
        )
        return answer["ShardIterator"], when

    def read(self, chance):
        """A shard from some place to its end, as of now."""
        stream = self.some_stream(chance)
        if stream is None:
            return
        now = Window(self.now(), self.now())
        shards = [shard for shard in stream.shards if stream.listed(shard, now)]
        shard = chance.choice(shards)
        kind = chance.choice(("TRIM_HORIZON", "TRIM_HORIZON", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP", "LATEST"))
        self.say(f"{stream.name} {shard.id} {kind}")
        first, more = 0, {}
        if kind.endswith("SEQUENCE_NUMBER"):
            if not shard.records:
                return
            first = chance.randrange(len(shard.records))
            more = {"StartingSequenceNumber": str(shard.records[first].number)}
            first += kind == "AFTER_SEQUENCE_NUMBER"
        elif kind == "AT_TIMESTAMP":
            known = [record for record in shard.records if record.arrived_ms is not None]
            if not known:
                return
            wanted = chance.choice(known).arrived_ms
            # Arrivals never fall within a shard, so the first that is not earlier begins the answer; records
            # that were never read may have come in the same millisecond.
            first = next(i for i, r in enumerate(shard.records) if r.arrived_ms == wanted or (r.arrived_ms is None and r.arrived.high >= wanted))
            if shard.records[first].arrived_ms is None:
                return
            more = {"Timestamp": wanted / 1000}
        elif kind == "LATEST":
            first = len(shard.records)
        text, issued = self.iterator(stream, shard, kind, **more)
        if chance.random() < 0.3:
            self.held.append(Held(text, stream, shard, first, issued))
        limit = chance.choice((1, 3, 100, 10_000)) if len(shard.records) < 60 else 10_000
        self.follow(stream, shard, text, first, limit)

    def follow(self, stream, shard, text, index, limit):
        """Reads from an iterator on; what comes must be the model's records from that index."""
        got = []
        pages = 0
        low = None
        while True:
            page, when = self.call("get_records", ShardIterator=text, Limit=limit)
            pages += 1
            low = low or when
            got += page["Records"]
            if len(page["Records"]) > limit:
                raise Wrong(f"{len(page['Records'])} records, Limit {limit}")
            text = page.get("NextShardIterator")
            if text is None:
                self.check_end(stream, shard, page)
                break
            if "ChildShards" in page:
                raise Wrong(f"{shard.id}: ChildShards and a NextShardIterator")
            if not page["Records"] and page["MillisBehindLatest"] == 0:
                if not shard.open():
                    raise Wrong(f"{shard.id} is closed and read to its end, but goes on")
                break
            if pages > 2000:
                raise Wrong(f"{shard.id}: no end after {pages} pages")
        self.check_records(stream, shard, got, index, Window(low.low, self.now()))

    def check_records(self, stream, shard, got, index, now):
        low, high = stream.present(shard, now)
        low, high = max(low, index), max(high, index)
        total = len(shard.records)
        if not total - high <= len(got) <= total - low:
            raise Wrong(f"{shard.id} from {index}: {len(got)} records, the model says {total - high} to {total - low} of {total}")
        expected = shard.records[total - len(got):]
        for record, model in zip(got, expected):
            same("SequenceNumber", int(record["SequenceNumber"]), model.number)
            same("Data", record["Data"], model.data)
            same("PartitionKey", record["PartitionKey"], model.key)
            arrived = round(record["ApproximateArrivalTimestamp"].timestamp() * 1000)
            if model.arrived_ms is not None:
                same(f"the arrival of {model.number}", arrived, model.arrived_ms)
            elif not model.arrived.low <= arrived <= model.arrived.high:
                raise Wrong(f"record {model.number} arrived at {arrived}, the model says {model.arrived}")
            model.arrived_ms = arrived
            model.arrived = Window(arrived, arrived)

    def check_end(self, stream, shard, page):
        """The page that ends a closed shard names its children."""
        if shard.open():
            raise Wrong(f"{shard.id} is open, but its reader was sent away")
        children = [
            {
                "ShardId": child.id,
                "ParentShards": [f"shardId-{parent:012d}" for parent in child.parents],
                "HashKeyRange": {"StartingHashKey": str(child.low), "EndingHashKey": str(child.high)},
            }
            for child in stream.children_of(shard)
        ]
        same(f"ChildShards of {shard.id}", page.get("ChildShards"), children)
        same("MillisBehindLatest at the end", page["MillisBehindLatest"], 0)

    def read_on(self, chance):
        """With an iterator of before, whatever has happened since."""
        if not self.held:
            return
        held = self.held.pop(chance.randrange(len(self.held)))
        self.say(f"{held.stream.name} {held.shard.id} from {held.index}")
        expired = held.issued.plus(ITERATOR_LIFE_MS).before(Window(self.now(), self.now()))
        if expired is None:
            return
        if expired:
            self.refused("ExpiredIteratorException", "get_records", ShardIterator=held.text)
        elif self.streams.get(held.stream.name) is not held.stream:
            self.refused(NOT_FOUND, "get_records", ShardIterator=held.text)
        elif not held.stream.listed(held.shard, Window(self.now(), self.now())):
            # The shard is gone with its records; on the edge of that nothing can be said.
            if held.shard.forgotten:
                self.refused(NOT_FOUND, "get_records", ShardIterator=held.text)
        else:
            self.follow(held.stream, held.shard, held.text, held.index, 10_000)

    # ---- shards

    def list_shards(self, chance):
        stream = self.some_stream(chance)
        if stream is None:
            self.refused(NOT_FOUND, "list_shards", StreamName="alpha")
            return
        kind = chance.choice(FILTERS)
        after = time_ms = None
        wanted = {"Type": kind}
        if kind == "AFTER_SHARD_ID":
            after = chance.randrange(len(stream.shards))
            wanted["ShardId"] = stream.shards[after].id
        elif kind.endswith("TIMESTAMP"):
            events = [stream.made.high] + [s.closed.high for s in stream.shards if s.closed]
            time_ms = min(chance.choice(events) + chance.choice((8000, 10 * 60_000, HOUR_MS, -10 * 60_000)), self.now())
            time_ms = max(time_ms, 1000)
            wanted["Timestamp"] = time_ms / 1000
        self.say(f"{stream.name} {kind} {after if time_ms is None else time_ms}")
        shards, window = self.during(lambda: self.listing(stream, chance.choice((1, 3, 1000)), wanted))
        self.check_listing(stream, shards, window, kind, after, time_ms)

    def listing(self, stream, size, wanted):
        shards, more = [], {"StreamName": stream.name, "ShardFilter": wanted}
        while True:
            page = self.call("list_shards", MaxResults=size, **more)[0]
            shards += page["Shards"]
            if len(page["Shards"]) > size:
                raise Wrong(f"{len(page['Shards'])} shards, MaxResults {size}")
            if "NextToken" not in page:
                return shards
            more = {"NextToken": page["NextToken"]}

    def check_listing(self, stream, shards, now, kind, after, time_ms):
        got = [int(shard["ShardId"].removeprefix("shardId-")) for shard in shards]
        same("the order of shards", got, sorted(set(got)))
        for model in stream.shards:
            expected = stream.chosen(model, now, kind, after, time_ms)
            if expected is not None and expected != (model.index in got):
                raise Wrong(f"{kind} {after} {time_ms} at {now}: {model.id} given: {model.index in got}, the model says {expected}: {model}")
        for shard in shards:
            self.check_shard(stream, shard)

    def check_shard(self, stream, shard):
        number = int(shard["ShardId"].removeprefix("shardId-"))
        if number >= len(stream.shards):
            raise Wrong(f"{shard['ShardId']}: the model has {len(stream.shards)} shards")
        model = stream.shards[number]
        same(f"{model.id} HashKeyRange", shard["HashKeyRange"], {"StartingHashKey": str(model.low), "EndingHashKey": str(model.high)})
        parents = tuple(
            int(shard[name].removeprefix("shardId-")) for name in ("ParentShardId", "AdjacentParentShardId") if name in shard
        )
        same(f"{model.id} parents", parents, model.parents)
        numbers = shard["SequenceNumberRange"]
        first = int(numbers["StartingSequenceNumber"])
        same(f"{model.id} StartingSequenceNumber", first, model.first_number or first)
        model.first_number = first
        if model.records and model.records[0].number < first:
            raise Wrong(f"{model.id} starts at {first}, after its record {model.records[0].number}")
        same(f"{model.id} ends", "EndingSequenceNumber" in numbers, not model.open())
        if not model.open():
            last = int(numbers["EndingSequenceNumber"])
            same(f"{model.id} EndingSequenceNumber", last, model.last_number or last)
            model.last_number = last
            if model.records and model.records[-1].number > last:
                raise Wrong(f"{model.id} ends at {last}, before its record {model.records[-1].number}")

    def split(self, chance):
        stream = self.some_stream(chance)
        if stream is None or len(stream.open_shards()) >= MOST_OPEN:
            return
        shard = chance.choice(stream.open_shards())
        if shard.high - shard.low < 4:
            return
        key = chance.choice((shard.low + 2, (shard.low + shard.high) // 2, shard.high - 1, chance.randrange(shard.low + 2, shard.high)))
        self.say(f"{stream.name} {shard.id} at {key}")
        _, when = self.call("split_shard", StreamName=stream.name, ShardToSplit=shard.id, NewStartingHashKey=str(key))
        _, until = self.during(lambda: self.settled(stream))
        stream.split(shard, key, Window(when.low, until.high))

    def merge(self, chance):
        stream = self.some_stream(chance)
        if stream is None:
            return
        one = chance.choice(stream.open_shards())
        other = stream.neighbour(one)
        if other is None:
            return
        self.say(f"{stream.name} {one.id} {other.id}")
        _, when = self.call("merge_shards", StreamName=stream.name, ShardToMerge=one.id, AdjacentShardToMerge=other.id)
        _, until = self.during(lambda: self.settled(stream))
        stream.merge(one, other, Window(when.low, until.high))

    def reshard(self, chance):
        """UpdateShardCount: by which splits and merges is its own affair, so the new shards are taken from the
        listing; that they descend from the old ones and share the keys evenly is checked."""
        stream = self.some_stream(chance)
        if stream is None:
            return
        current = len(stream.open_shards())
        target = chance.randint((current + 1) // 2, min(2 * current, MOST_OPEN))
        day = [when for when in stream.resharded if when.plus(24 * HOUR_MS).before(Window(self.now(), self.now())) is not True]
        self.say(f"{stream.name} {current} to {target}")
        asked = {"StreamName": stream.name, "TargetShardCount": target, "ScalingType": "UNIFORM_SCALING"}
        if len(day) >= 9:
            return
        answer, when = self.call("update_shard_count", **asked)
        stream.resharded.append(when)
        same("CurrentShardCount", answer["CurrentShardCount"], current)
        same("TargetShardCount", answer["TargetShardCount"], target)
        _, until = self.during(lambda: self.settled(stream))
        self.adopt(stream, Window(when.low, until.high))
        same("open shards", len(stream.open_shards()), target)

    def adopt(self, stream, when):
        shards = self.listing(stream, 1000, {"Type": "FROM_TRIM_HORIZON"})
        for shard in shards:
            number = int(shard["ShardId"].removeprefix("shardId-"))
            if number < len(stream.shards):
                continue
            same("the next shard", number, len(stream.shards))
            low, high = (int(shard["HashKeyRange"][word]) for word in ("StartingHashKey", "EndingHashKey"))
            parents = tuple(
                stream.shards[int(shard[name].removeprefix("shardId-"))]
                for name in ("ParentShardId", "AdjacentParentShardId")
                if name in shard
            )
            if len(parents) == 2:
                same(f"{shard['ShardId']} is its parents together", (low, high), (parents[0].low, parents[1].high))
                same("adjacent parents", parents[0].high + 1, parents[1].low)
            elif len(parents) == 1:
                if not (parents[0].low <= low <= high <= parents[0].high) or (low, high) == (parents[0].low, parents[0].high):
                    raise Wrong(f"{shard['ShardId']} is no part of its parent")
            else:
                raise Wrong(f"{shard['ShardId']} has no parents")
            for parent in parents:
                parent.closed = parent.closed or when
            stream.add(low, high, tuple(parent.index for parent in parents), when)
        edge = 0
        for shard in sorted(stream.open_shards(), key=lambda shard: shard.low):
            same("the keys are covered", shard.low, edge)
            edge = shard.high + 1
        same("the keys are covered to their end", edge, TOP)
        for shard in shards:
            self.check_shard(stream, shard)

    # ---- what hangs on a stream

    def consumer(self, chance):
        stream = self.some_stream(chance)
        if stream is None:
            return
        name = chance.choice(("one", "two", "three"))
        arn = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{stream.name}"
        self.say(f"{stream.name} {name}")
        if name not in stream.consumers:
            self.refused(NOT_FOUND, "describe_stream_consumer", StreamARN=arn, ConsumerName=name)
            made = self.call("register_stream_consumer", StreamARN=arn, ConsumerName=name)[0]["Consumer"]
            stream.consumers[name] = made["ConsumerARN"]

            def active():
                found = self.kinesis.describe_stream_consumer(ConsumerARN=made["ConsumerARN"])["ConsumerDescription"]
                return found["ConsumerStatus"] == "ACTIVE"

            wait_until(active, "the consumer to be ACTIVE", pause_s=0.005)
        elif chance.random() < 0.5:
            self.refused(IN_USE, "register_stream_consumer", StreamARN=arn, ConsumerName=name)
        else:
            self.call("deregister_stream_consumer", ConsumerARN=stream.consumers.pop(name))

            def gone():
                return name not in [c["ConsumerName"] for c in self.kinesis.list_stream_consumers(StreamARN=arn)["Consumers"]]

            wait_until(gone, "the consumer to be gone", pause_s=0.005)
        listed = self.call("list_stream_consumers", StreamARN=arn)[0]["Consumers"]
        same("consumers", {c["ConsumerName"]: c["ConsumerARN"] for c in listed}, stream.consumers)

    def tag(self, chance):
        stream = self.some_stream(chance)
        if stream is None:
            return
        keys = chance.sample(("a", "b", "c", "d"), chance.randint(1, 3))
        self.say(f"{stream.name} {keys}")
        if chance.random() < 0.6:
            tags = {key: str(chance.randrange(100)) for key in keys}
            self.call("add_tags_to_stream", StreamName=stream.name, Tags=tags)
            stream.tags.update(tags)
        else:
            self.call("remove_tags_from_stream", StreamName=stream.name, TagKeys=keys)
            for key in keys:
                stream.tags.pop(key, None)
        self.settled(stream)
        found, start = [], {}
        while True:
            page = self.call("list_tags_for_stream", StreamName=stream.name, Limit=2, **start)[0]
            found += [(tag["Key"], tag["Value"]) for tag in page["Tags"]]
            if not page["HasMoreTags"]:
                break
            start = {"ExclusiveStartTagKey": found[-1][0]}
        same("tags", found, sorted(stream.tags.items()))

    # ---- calls that must be refused and change nothing

    def invalid(self, chance):
        stream = self.some_stream(chance)
        if stream is None:
            self.refused(NOT_FOUND, "delete_stream", StreamName="alpha")
            return
        name, opened = stream.name, stream.open_shards()
        shard = chance.choice(opened)
        beyond = f"shardId-{len(stream.shards) + chance.randrange(5):012d}"
        closed = [s for s in stream.shards if stream.listed(s, Window(self.now(), self.now())) and not s.open()]
        cases = [
            (NOT_FOUND, "split_shard", {"ShardToSplit": beyond, "NewStartingHashKey": "7"}),
            (NOT_FOUND, "merge_shards", {"ShardToMerge": beyond, "AdjacentShardToMerge": shard.id}),
            (NOT_FOUND, "get_shard_iterator", {"ShardId": beyond, "ShardIteratorType": "LATEST"}),
            (ARGUMENT, "split_shard", {"ShardToSplit": shard.id, "NewStartingHashKey": str(chance.choice((shard.low, shard.low + 1, shard.high, TOP - 1)))}),
            (ARGUMENT, "merge_shards", {"ShardToMerge": shard.id, "AdjacentShardToMerge": shard.id}),
            (ARGUMENT, "put_record", {"Data": b"x", "PartitionKey": "k", "ExplicitHashKey": str(TOP)}),
            (ARGUMENT, "increase_stream_retention_period", {"RetentionPeriodHours": 8761}),
            (ARGUMENT, "decrease_stream_retention_period", {"RetentionPeriodHours": 23}),
            (ARGUMENT, "get_shard_iterator", {"ShardId": shard.id, "ShardIteratorType": "AT_SEQUENCE_NUMBER"}),
            (ARGUMENT, "get_shard_iterator", {"ShardId": shard.id, "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": self.now() / 1000 + 7200}),
            (IN_USE, "create_stream", {"ShardCount": 1}),
            ("LimitExceededException", "update_shard_count", {"TargetShardCount": 2 * len(opened) + 1, "ScalingType": "UNIFORM_SCALING"}),
        ]
        if len(opened) > 2:
            cases.append(("LimitExceededException", "update_shard_count", {"TargetShardCount": 1, "ScalingType": "UNIFORM_SCALING"}))
        backwards = stream.neighbour(shard)
        if backwards is not None:
            cases.append((ARGUMENT, "merge_shards", {"ShardToMerge": backwards.id, "AdjacentShardToMerge": shard.id}))
        if closed:
            old = chance.choice(closed)
            cases.append((ARGUMENT, "split_shard", {"ShardToSplit": old.id, "NewStartingHashKey": str((old.low + old.high) // 2)}))
            cases.append((ARGUMENT, "merge_shards", {"ShardToMerge": old.id, "AdjacentShardToMerge": shard.id}))
        records = [record for shard in stream.shards for record in shard.records]
        if records and len(opened) > 1:
            record = chance.choice(records)
            other = next((s for s in opened if record not in s.records), None)
            if other is not None:
                cases.append((ARGUMENT, "get_shard_iterator", {"ShardId": other.id, "ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": str(record.number)}))
        code, operation, arguments = chance.choice(cases)
        self.say(f"{name} {operation} {arguments}")
        self.refused(code, operation, StreamName=name, **arguments)

    def last_look(self):
        """Everything, once more."""
        self.log.append("the last look")
        for name in sorted(self.streams):
            stream = self.streams[name]
            shards, window = self.during(lambda: self.listing(stream, 1000, {"Type": "FROM_TRIM_HORIZON"}))
            self.check_listing(stream, shards, window, "FROM_TRIM_HORIZON", None, None)
            for shard in stream.shards:
                if stream.listed(shard, Window(self.now(), self.now())):
                    text, _ = self.iterator(stream, shard, "TRIM_HORIZON")
                    self.follow(stream, shard, text, 0, 10_000)


def attempt(seed, steps, transition_ms):
    """(calls, None) of a run that agrees with the model, else (calls, what went wrong with its log)."""
    with tempfile.TemporaryDirectory(prefix="millrace-model-") as folder:
        run = Run(seed, transition_ms, folder)
        try:
            for number in steps:
                run.run(number)
            run.last_look()
            run.emulator.stop()
        except Exception as error:  # also botocore's: a call that the model takes for right was refused
            where = traceback.extract_tb(error.__traceback__)[-1]
            reason = f"{type(error).__name__}: {error} ({where.name}, line {where.lineno})"
            return run.calls, (reason, list(run.log))
        finally:
            run.close()
        return run.calls, None


def shrunk(seed, steps, transition_ms, seconds):
    """Fewer steps that fail as well, as far as the time goes: halves are left out, then quarters, then ..."""
    deadline = time.monotonic() + seconds
    failure = None
    size = len(steps) // 2
    while size >= 1 and time.monotonic() < deadline:
        at = 0
        while at < len(steps) and time.monotonic() < deadline:
            fewer = steps[:at] + steps[at + size:]
            found = attempt(seed, fewer, transition_ms)[1] if fewer else None
            if found:
                steps, failure = fewer, found
            else:
                at += size
        size //= 2
    return steps, failure


@unittest.skipIf(ENDPOINT, "needs an emulator of its own")
class TheModelItself(unittest.TestCase):
    def test_a_difference_is_found_and_made_short(self):
        """Beside a model that sends records to the wrong shard, a run fails; two steps show it."""

        def elsewhere(stream, key, explicit=None):
            return stream.open_shards()[-1 if shard_of(stream, key, explicit) is stream.open_shards()[0] else 0]

        shard_of = Stream.shard_of
        with unittest.mock.patch.object(Stream, "shard_of", elsewhere):
            steps = list(range(80))
            failure = attempt(1, steps, 0)[1]
            self.assertIsNotNone(failure)
            self.assertIn("the shard of", failure[0])
            short, found = shrunk(1, steps[:len(failure[1])], 0, 120)
        self.assertEqual(len(short), 2, found)
        self.assertRegex(found[1][0], r"^\d+: create \w+ [2-4]$")
        self.assertIsNone(attempt(1, short, 0)[1])


@unittest.skipIf(ENDPOINT, "needs an emulator of its own")
class StateMachine(unittest.TestCase):
    def check(self, seed, steps, transition_ms):
        began = time.monotonic()
        calls, failure = attempt(seed, steps, transition_ms)
        if failure is None:
            print(f"seed {seed}: {len(steps)} steps, {calls} calls, {time.monotonic() - began:.1f} s", flush=True)
            return
        # All up to the step that failed.
        ran = steps[:len(failure[1])]
        short, found = shrunk(seed, ran, transition_ms, float(os.environ.get("MILLRACE_MODEL_SHRINK", "60")))
        reason, log = found or failure
        again = f"MILLRACE_MODEL_SEED={seed} MILLRACE_MODEL_STEPS={','.join(map(str, short))}, MILLRACE_MODEL_SHRINK=0"
        self.fail(f"seed {seed}, after {len(ran)} steps: {failure[0]}\nthe shortest found: {reason}\n" + "\n".join(log) + f"\nagain with: {again}")

    def test_random_runs_do_what_the_model_does(self):
        seed = os.environ.get("MILLRACE_MODEL_SEED")
        wanted = os.environ.get("MILLRACE_MODEL_STEPS", "")
        runs = RUNS
        if seed is not None:
            runs = [run for run in RUNS if run[0] == int(seed)] or [(int(seed), 450, 0)]
        for number, count, transition_ms in runs:
            steps = list(range(int(wanted) if wanted.isdigit() else count))
            if "," in wanted:
                steps = [int(word) for word in wanted.split(",") if word]
            with self.subTest(seed=number):
                self.check(number, steps, transition_ms)


if __name__ == "__main__":
    unittest.main()
