"""What a Kinesis stream should be like: a small model, independent of the emulator, that does no I/O.

Times are windows: the model knows when it asked and when the answer came, so that what happened in between
happened somewhere in the window. Whether something has expired is therefore yes, no, or unknown; the clock
is moved in steps that leave little unknown. All times are in milliseconds of the emulator's clock.
"""
import dataclasses
import hashlib

TOP = 2**128
HOUR_MS = 3_600_000


@dataclasses.dataclass
class Window:
    """Some moment between two."""

    low: int
    high: int

    def before(self, other):
        """True or False; None when it cannot be told."""
        if self.high < other.low:
            return True
        return False if self.low > other.high else None

    def plus(self, milliseconds):
        return Window(self.low + milliseconds, self.high + milliseconds)


@dataclasses.dataclass
class Record:
    number: int  # sequence number
    data: bytes
    key: str
    arrived: Window
    # Exactly, once it was read; None before.
    arrived_ms: int | None = None


@dataclasses.dataclass
class Shard:
    index: int
    low: int
    high: int
    opened: Window
    parents: tuple = ()
    closed: Window | None = None
    records: list = dataclasses.field(default_factory=list)
    # So many of the records are gone for certain; it never falls.
    gone: int = 0
    forgotten: bool = False  # closed for longer than the retention: not listed any more
    first_number: int | None = None
    last_number: int | None = None  # of a closed shard, once seen

    @property
    def id(self):
        return f"shardId-{self.index:012d}"

    def open(self):
        return self.closed is None


class Stream:
    def __init__(self, name, shards, made):
        self.name = name
        self.made = made
        self.retention_h = 24
        self.floor = made  # what came before is gone
        self.shards = []
        self.consumers = {}  # name -> ARN
        self.tags = {}
        self.resharded = []  # windows of the UpdateShardCount calls
        size = TOP // shards
        for i in range(shards):
            high = TOP - 1 if i == shards - 1 else (i + 1) * size - 1
            self.shards.append(Shard(i, i * size, high, made))

    # ---- hash ranges and lineage

    def open_shards(self):
        return [shard for shard in self.shards if shard.open()]

    def shard_of(self, key, explicit=None):
        value = int(explicit) if explicit is not None else int.from_bytes(hashlib.md5(key.encode()).digest(), "big")
        return next(shard for shard in self.open_shards() if shard.low <= value <= shard.high)

    def children_of(self, parent):
        return [shard for shard in self.shards if parent.index in shard.parents]

    def split(self, shard, key, when):
        shard.closed = when
        for low, high in ((shard.low, key - 1), (key, shard.high)):
            self.add(low, high, (shard.index,), when)

    def merge(self, one, other, when):
        one.closed = other.closed = when
        self.add(one.low, other.high, (one.index, other.index), when)

    def add(self, low, high, parents, when):
        # A child opens a second after its parents' end.
        self.shards.append(Shard(len(self.shards), low, high, when.plus(1000), parents))

    def neighbour(self, shard):
        """The open shard right after this one, or None."""
        return next((other for other in self.open_shards() if other.low == shard.high + 1), None)

    # ---- time

    def expired(self, moment, now):
        """Whether what happened at that moment is past the retention: True, False, None for unknown."""
        return moment.plus(self.retention_h * HOUR_MS).before(now)

    def keep_for(self, hours, when):
        gone = when.plus(-self.retention_h * HOUR_MS)
        self.floor = Window(max(gone.low, self.floor.low), max(gone.high, self.floor.high))
        self.retention_h = hours

    def age(self, now):
        """What has expired by now never comes back, whatever the retention becomes."""
        for shard in self.shards:
            while shard.gone < len(shard.records) and self.expired(shard.records[shard.gone].arrived, now):
                shard.gone += 1
            if shard.closed is not None and self.expired(shard.closed, now):
                shard.forgotten = True

    def present(self, shard, now):
        """(low, high): the records from some index between them on are still there."""
        self.age(now)
        high = shard.gone
        while high < len(shard.records) and self.expired(shard.records[high].arrived, now) is not False:
            high += 1
        return shard.gone, high

    def listed(self, shard, now):
        """Whether ListShards gives it: True, False, None for unknown."""
        self.age(now)
        if shard.open():
            return True
        if shard.forgotten:
            return False
        return True if self.expired(shard.closed, now) is False else None

    def chosen(self, shard, now, kind, after=None, time_ms=None):
        """Whether ListShards gives it under a filter."""
        listed = self.listed(shard, now)
        if listed is False:
            return False
        if kind == "AFTER_SHARD_ID":
            verdict = shard.index > after
        elif kind == "FROM_TRIM_HORIZON":
            verdict = True
        elif kind == "AT_LATEST":
            verdict = shard.open()
        elif kind == "AT_TRIM_HORIZON":
            # The stream may be younger than its retention, and what is gone stays gone when that grows.
            horizon = now.plus(-self.retention_h * HOUR_MS)
            horizon = Window(max(horizon.low, self.floor.low), max(horizon.high, self.floor.high))
            verdict = self.open_at(shard, horizon)
        elif kind == "AT_TIMESTAMP":
            verdict = self.open_at(shard, Window(time_ms, time_ms))
        else:  # FROM_TIMESTAMP
            before = False if shard.open() else shard.closed.before(Window(time_ms, time_ms))
            verdict = None if before is None else not before
        if verdict is False:
            return False
        return None if listed is None or verdict is None else True

    @staticmethod
    def open_at(shard, moment):
        # Children begin a second after their parents' end, on whole seconds, and theirs another second later
        # where one call made several generations.
        around = Window(moment.low - 6000, moment.high + 6000)
        began = shard.opened.before(around)
        # The stream's first shards are open from its very beginning.
        if began is not True and not shard.parents and shard.opened.low <= moment.high:
            began = True
        if began is False:
            return False
        if shard.open():
            return began
        ended = shard.closed.before(around)
        if ended is True:
            return False
        return True if began is True and ended is False else None
