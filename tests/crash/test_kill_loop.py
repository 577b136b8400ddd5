"""The kill loop's own check must see every kind of broken promise; here each is shown to it."""
import importlib.util
import pathlib
import unittest

import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
spec = importlib.util.spec_from_file_location("kill_loop", pathlib.Path(__file__).with_name("kill_loop.py"))
kill_loop = importlib.util.module_from_spec(spec)
spec.loader.exec_module(kill_loop)
import kill_check  # noqa: E402

S0, S1 = "shardId-000000000000", "shardId-000000000001"


class Check(unittest.TestCase):
    def setUp(self):
        self.ledger, self.history = kill_loop.Ledger(), kill_loop.History()
        self.ledger.note(
            [
                ((0, 0), kill_loop.ACKNOWLEDGED, S0, 10),
                ((0, 1), kill_loop.ACKNOWLEDGED, S0, 11),
                ((1, 0), kill_loop.ACKNOWLEDGED, S1, 20),
                ((1, 1), kill_loop.REFUSED, None, None),
                ((1, 2), kill_loop.UNKNOWN, None, None),
            ]
        )

    def check(self, **shards):
        names = {"s0": S0, "s1": S1}
        return kill_loop.check({names[s]: rows for s, rows in shards.items()}, self.ledger, self.history)

    def broken(self, message, **shards):
        with self.assertRaisesRegex(kill_loop.Failure, message):
            self.check(**shards)

    def test_a_whole_store_passes_with_and_without_the_unknown_record(self):
        self.assertEqual(self.check(s0=[(10, (0, 0)), (11, (0, 1))], s1=[(20, (1, 0))]), 3)
        self.assertEqual(self.check(s0=[(10, (0, 0)), (11, (0, 1))], s1=[(20, (1, 0)), (21, (1, 2))]), 4)

    def test_a_lost_record(self):
        self.broken("is lost", s0=[(10, (0, 0))], s1=[(20, (1, 0))])

    def test_a_record_twice(self):
        self.broken("there twice", s0=[(10, (0, 0)), (11, (0, 1))], s1=[(20, (1, 0)), (21, (0, 1))])

    def test_a_record_in_another_place_than_acknowledged(self):
        self.broken("was acknowledged as", s0=[(10, (0, 0)), (12, (0, 1))], s1=[(20, (1, 0))])

    def test_a_refused_record(self):
        self.broken("refused", s0=[(10, (0, 0)), (11, (0, 1))], s1=[(20, (1, 0)), (21, (1, 1))])

    def test_a_record_nobody_sent(self):
        self.broken("nobody sent", s0=[(10, (0, 0)), (11, (0, 1))], s1=[(20, (1, 0)), (21, (7, 7))])

    def test_records_of_one_writer_out_of_order(self):
        self.broken("stands after its record", s0=[(10, (0, 1)), (11, (0, 0))], s1=[(20, (1, 0))])

    def test_sequence_numbers_that_do_not_rise(self):
        self.broken("stands after", s0=[(11, (0, 1)), (10, (0, 0))], s1=[(20, (1, 0))])

    def test_a_number_given_to_a_second_record(self):
        self.check(s0=[(10, (0, 0)), (11, (0, 1))], s1=[(20, (1, 0)), (21, (1, 2))])
        self.ledger.note([((1, 3), kill_loop.ACKNOWLEDGED, S1, 21)])
        self.broken("was given to", s0=[(10, (0, 0)), (11, (0, 1))], s1=[(20, (1, 0)), (21, (1, 3))])

    def test_a_record_that_expired_may_be_gone_and_may_not_come_back(self):
        def at(epoch, rows):
            self.ledger.epoch = epoch
            self.ledger.note(rows, epoch)

        at(2, [((2, 0), kill_loop.ACKNOWLEDGED, S1, 30)])
        rows = {S1: [(30, (2, 0))]}
        self.assertEqual(kill_loop.find(rows, self.ledger, self.history, 1)[0], [])
        wrong, _ = kill_loop.find({S0: [(10, (0, 0))], **rows}, self.ledger, self.history, 1)
        self.assertIn("had expired", wrong[0][1])
        wrong, _ = kill_loop.find({}, self.ledger, self.history, 1)
        self.assertEqual([kind for kind, _ in wrong], ["lost"])

    def test_what_a_reader_was_shown_and_is_gone(self):
        whole = {"s0": [(10, (0, 0)), (11, (0, 1))], "s1": [(20, (1, 0))]}
        self.ledger.note_seen([(S0, 10, (0, 0))], 0)
        self.check(**whole)
        self.ledger.note_seen([(S1, 21, (1, 2))], 0)
        self.broken("a reader had seen", **whole)

    def test_a_partition_key_whose_numbers_fall_from_one_shard_to_the_next(self):
        first, second = (3, 0), (3, 1000)
        self.assertEqual(kill_check.partition_key(first), kill_check.partition_key(second))
        where = {first: (S1, 50), second: (S0, 40)}
        self.assertEqual([kind for kind, _ in kill_check.check_keys(where)], ["reordered"])
        self.assertEqual(list(kill_check.check_keys({first: (S1, 40), second: (S0, 50)})), [])

    def test_a_lineage_with_a_gap_an_open_parent_or_a_record_beyond_the_end(self):
        def shard(name, start, end, last=None, parent=None):
            made = {
                "ShardId": name,
                "HashKeyRange": {"StartingHashKey": str(start), "EndingHashKey": str(end)},
                "SequenceNumberRange": {"StartingSequenceNumber": "1"},
            }
            if last is not None:
                made["SequenceNumberRange"]["EndingSequenceNumber"] = str(last)
            return dict(made, ParentShardId=parent) if parent else made

        top, half = (1 << 128) - 1, 1 << 127
        children = [shard(S1, 0, half - 1, parent=S0), shard("c2", half, top, parent=S0)]
        kill_loop.check_lineage([shard(S0, 0, top, last=15), *children], {S0: [(10, (0, 0))]})
        for message, shards, stored in (
            ("no open shard", [shard(S0, 0, top, last=15), children[0]], {}),
            ("belong to no open shard", [shard(S0, 0, top, last=15), children[1]], {}),
            ("is open and has the child", [shard(S0, 0, half - 1), shard("c2", half, top, parent=S0)], {}),
            ("beyond its end", [shard(S0, 0, top, last=15), *children], {S0: [(16, (0, 0))]}),
        ):
            with self.subTest(message), self.assertRaisesRegex(kill_loop.Failure, message):
                kill_loop.check_lineage(shards, stored)


if __name__ == "__main__":
    unittest.main()
