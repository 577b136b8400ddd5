"""Where the emulator differs from the model on purpose, each with its reason.

A key is a shell-style pattern over the audit's findings. A finding that no entry covers is a failure, and
so is an entry that covers no finding any more.
"""
import fnmatch


class Known:
    def __init__(self, reasons):
        self.reasons = dict(reasons)
        self.used = set()

    def covers(self, finding):
        hits = [pattern for pattern in self.reasons if fnmatch.fnmatchcase(finding, pattern)]
        self.used.update(hits)
        return bool(hits)

    def left(self, findings):
        """The findings nothing covers, then the entries that cover nothing."""
        left = [finding for finding in findings if not self.covers(finding)]
        return left + [f"no longer true, remove it: {p}" for p in self.reasons if p not in self.used]


# Our own description beside the model.
DESCRIPTION = {
    "* StreamDescriptionSummary.StreamId: only in the model": "StreamId is reserved: documented as not implemented",
    "SubscribeToShard output EventStream.*Exception: only in the model": "they are messages of their own in the stream",
    "SubscribeToShard output EventStream.KMSOptInRequired: only in the model": "there are no keys that could be refused",
    "SubscribeToShard *.ContinuationSequenceNumber: required False, in the model True": "missing where the shard ends",
}

# Answers to requests that break one rule.
REQUESTS = {}

# Values of wrong types.
TYPES = {}

# Values that only just keep the rules.
EDGES = {}

# Answers that succeed, beside the output shapes.
ANSWERS = {
    "PutRecords FailedRecordCount: 0 is less than 1": "the service answers 0 when nothing failed",
    "* StreamDescription*.EnhancedMonitoring?0?.ShardLevelMetrics: 0 entries, at least 1": "the service answers an empty list when no metric is on",
    "*EnhancedMonitoring *ShardLevelMetrics: 0 entries, at least 1": "the service answers an empty list when no metric is on",
    "SubscribeToShard EventStream.SubscribeToShardEvent.ContinuationSequenceNumber: missing": "it is missing exactly where the shard ends: consumers go by that",
}

# Members that are described and that no answer of the audit shows.
UNSEEN = {
    "UpdateChannel ChannelDescription.*S3Tables*": "a channel to S3 Tables is FAILED, and only an ACTIVE one can be updated",
    "UpdateChannel *.GSRSchemaARN": "only channels to S3 Tables have one",
    "UpdateChannel ChannelDescription.ChannelStatusReason": "told when a delivery has failed, see DescribeChannel",
}
