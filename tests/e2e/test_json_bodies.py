"""JSONTestSuite as request bodies: what must be refused is refused, what must be accepted is accepted.

As the body itself, and as the value of a member the operation does not know (AWS refuses a body that is
no object, whatever it is else).
"""
import base64
import json
import unittest

from tests.e2e.support import ENDPOINT, ROOT, ApiTest, raw

VECTORS = ROOT / "tests/data/json/parsing.txt"
# The parser's choice (i_): these are taken, all others of them refused.
TAKEN = {  # numbers only: they become the nearest double
    "i_number_double_huge_neg_exp",
    "i_number_real_underflow",
    "i_number_too_big_neg_int",
    "i_number_too_big_pos_int",
    "i_number_very_big_negative_int",
}


def vectors():
    def part(text):
        return b"" if text == "-" else base64.b64decode(text)

    for line in VECTORS.read_text().splitlines():
        name, times, unit, rest = line.split(" ")
        yield name, part(unit) * int(times) + part(rest)


@unittest.skipIf(ENDPOINT, "how our server reads")
class JsonBodies(ApiTest):
    def refused(self, body):
        """Whether the body is taken for no JSON; everything else about the request is right."""
        status, _, said = raw(self.emulator.url, "ListStreams", body)
        if status == 200:
            return False
        self.assertEqual((status, json.loads(said)), (400, {"__type": "SerializationException"}))
        return True

    def test_json_test_suite(self):
        counts = {"y": 0, "n": 0, "i": 0}
        taken = set()
        for name, body in vectors():
            with self.subTest(name):
                inside = self.refused(b'{"Unknown":' + body + b"}")
                if name.startswith("n_"):
                    self.assertTrue(self.refused(body))
                    self.assertTrue(inside)
                elif name.startswith("y_"):
                    self.assertFalse(inside)
                    self.assertEqual(self.refused(body), not body.strip().startswith(b"{"))
                elif not inside:
                    taken.add(name)
                counts[name[0]] += 1
        self.assertEqual(counts, {"y": 95, "n": 188, "i": 35})
        print(f"taken of the 35 free ones: {sorted(taken)}")
        self.assertEqual(taken, TAKEN)


if __name__ == "__main__":
    unittest.main()
