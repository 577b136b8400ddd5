"""The kill loop's own check must see every kind of broken promise; here each is shown to it."""
import importlib.util
import pathlib
import unittest

spec = importlib.util.spec_from_file_location("kill_loop", pathlib.Path(__file__).with_name("kill_loop.py"))
kill_loop = importlib.util.module_from_spec(spec)
spec.loader.exec_module(kill_loop)

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


if __name__ == "__main__":
    unittest.main()
