"""The emulator beside AWS's service model: nothing missing, nothing invented, every rule enforced.

Run by ctest as `audit`. It loads the newest Kinesis model of the botocore that tests/requirements.txt pins;
with a newer botocore it fails wherever the model has grown.
"""
import copy
import json
import subprocess
import unittest

from tests.audit import answers, differences, grammar, model, requests
from tests.audit.api import Api
from tests.audit.coding import Cbor, Json
from tests.audit.description import compare
from tests.audit.world import World
from tests.e2e.support import BIN, Emulator

SHOWN = 60


def described():
    done = subprocess.run([BIN / "millrace-emulator", "api"], capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)["operations"]


OURS = described()


def served():
    return model.operations()


class Audit(unittest.TestCase):
    def none(self, findings, known=None):
        """Fails with the findings, unless they are known differences; known ones must still be true."""
        left = differences.Known(known or {}).left(sorted(set(findings)))
        if left:
            more = f"\n... and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
            self.fail(f"{len(left)} findings:\n" + "\n".join(line[:1500] for line in left[:SHOWN]) + more)


class Description(Audit):
    """What the emulator says of itself, without running it."""

    def test_every_operation_of_the_model_is_served_and_no_other(self):
        self.assertEqual(sorted(OURS), served())

    def test_requests_and_answers_are_described_as_the_model_does(self):
        findings = []
        for name in served():
            findings += [f"{name} input {f}" for f in compare(OURS[name]["input"], model.input_of(name))]
            findings += [f"{name} output {f}" for f in compare(OURS[name]["output"], model.output_of(name), answer=True)]
        self.none(findings, differences.DESCRIPTION)


class TheAuditItself(Audit):
    """That it can fail: a model that has grown, and a description that has something invented."""

    def findings(self, change):
        described = copy.deepcopy(OURS["CreateStream"]["input"])
        modeled = copy.deepcopy(model.input_of("CreateStream"))
        self.assertEqual(compare(described, modeled), [])
        change(described["members"], modeled["members"])
        return compare(described, modeled)

    def test_what_the_model_gains_is_found(self):
        for change, finding in (
            (lambda _, model: model.update(New={"type": "string"}), "New: only in the model"),
            (lambda _, model: model["ShardCount"].update(max=7), "ShardCount: max None, in the model 7"),
            (lambda _, model: model["ShardCount"].update(required=True), "ShardCount: required False, in the model True"),
            (lambda _, model: model["StreamName"].update(pattern="[a-z]+"), "StreamName: pattern"),
            (lambda _, model: model["StreamModeDetails"]["members"]["StreamMode"]["enum"].append("NEW"), "StreamModeDetails.StreamMode: enum"),
            (lambda _, model: model["Tags"]["value"].update(max=257), "Tags value: max 256, in the model 257"),
            (lambda _, model: model["ShardCount"].update(type="string"), "ShardCount: integer, in the model string"),
        ):
            found = self.findings(change)
            self.assertEqual(len(found), 1, found)
            self.assertTrue(found[0].startswith(finding), found)

    def test_what_we_invent_is_found(self):
        for change, finding in (
            (lambda ours, _: ours.update(New={"type": "string"}), "New: not in the model"),
            (lambda ours, _: ours["ShardCount"].update(max=7), "ShardCount: max 7, in the model None"),
            (lambda ours, _: ours["ShardCount"].update(required=True), "ShardCount: required True, in the model False"),
        ):
            self.assertEqual(self.findings(change), [finding])

    def test_a_difference_that_is_no_longer_true_is_found(self):
        known = {"* KeyId: *": "for a reason"}
        self.assertEqual(differences.Known(known).left(["a KeyId: missing"]), [])
        self.assertEqual(differences.Known(known).left(["a Name: missing"]), ["a Name: missing", "no longer true, remove it: * KeyId: *"])

    def test_an_answer_that_does_not_fit_is_found(self):
        shape = model.output_of("PutRecord")
        right = {"ShardId": "shardId-000000000000", "SequenceNumber": "1"}
        self.assertEqual(answers.problems(right, shape), [])
        for wrong, problem in (
            ({"ShardId": "shardId-000000000000"}, "SequenceNumber: missing"),
            ({**right, "More": 1}, "More: the model knows no such member"),
            ({**right, "ShardId": 1}, "ShardId: 1 is no string"),
            ({**right, "SequenceNumber": "x1"}, "SequenceNumber: 'x1' is not like ^(0|([1-9]\\d{0,128}))$"),
            ({**right, "EncryptionType": "AES"}, "EncryptionType: 'AES' is none of NONE, KMS"),
        ):
            self.assertEqual(answers.problems(wrong, shape), [problem])

    def test_a_message_must_say_all_and_nothing_else(self):
        one, two = "Value 'a' at 'x' failed to satisfy constraint: c", "Value null at 'y' failed to satisfy constraint: d"
        self.assertTrue(grammar.says_exactly(f"2 validation errors detected: {two}; {one}", [one, two]))
        self.assertFalse(grammar.says_exactly(f"1 validation error detected: {one}", [one, two]))
        self.assertFalse(grammar.says_exactly(f"2 validation errors detected: {one}; {one}", [one, two]))
        self.assertFalse(grammar.says_exactly(f"1 validation error detected: {one}; {two}", [one]))


class WithEmulator(Audit):
    coding = Json

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(transition_ms=0)
        cls.api = Api(cls.emulator.url, cls.coding)

    @classmethod
    def tearDownClass(cls):
        try:
            cls.api.close()
            cls.emulator.stop()
        finally:
            cls.emulator.__exit__(None, None, None)


class Types(WithEmulator):
    """Every member, once as every type that it is not of."""

    def test_every_wrong_type_is_refused_in_aws_s_words(self):
        findings, tried = [], 0
        for name in served():
            for path, value, request, sentence in requests.wrong_types(model.input_of(name)):
                code, message = self.api.refusal(name, request)
                if (code, message) != ("SerializationException", sentence):
                    findings.append(f"{name} {requests.text_of(path)} as {value!r}: {code}: {message[:300]}; expected: {sentence}")
                tried += 1
        print(f"{tried} wrong types", flush=True)
        self.none(findings, differences.TYPES)


class Requests(WithEmulator):
    """Every rule of every member, broken once in a request that is right otherwise."""

    def test_every_broken_constraint_is_refused_in_aws_s_words(self):
        findings, tried = [], 0
        for name in served():
            shape = model.input_of(name)
            for path, rule, request in requests.breaches(shape):
                findings += self.wrongly_answered(name, shape, path, rule, request)
                tried += 1
            if any(member.get("required") for member in shape["members"].values()):
                findings += self.wrongly_answered(name, shape, (), "empty", {})
        print(f"{tried} broken constraints", flush=True)
        self.none(findings, differences.REQUESTS)

    def test_a_value_at_the_edge_is_taken(self):
        findings, tried = [], 0
        for name in served():
            shape = model.input_of(name)
            for path, rule, request in requests.edge_requests(shape):
                findings += self.wrongly_answered(name, shape, path, f"edge {rule}", request)
                tried += 1
        print(f"{tried} edges", flush=True)
        self.none(findings, differences.EDGES)

    def test_a_list_s_members_are_numbered_from_one(self):
        """The second of two records is the wrong one: the path says so."""
        shape = model.input_of("PutRecords")
        request = requests.example(shape)
        request["Records"] = [request["Records"][0], {**request["Records"][0], "ExplicitHashKey": "x"}]
        expected = grammar.sentences(request, shape)
        self.assertIn("'records.2.member.explicitHashKey'", expected[0])
        code, message = self.api.refusal("PutRecords", request)
        self.assertTrue(code == "ValidationException" and grammar.says_exactly(message, expected), message)

    def test_a_stream_is_named_by_name_by_arn_or_by_both_when_they_agree(self):
        """What the model has no word for: one of two members is needed."""
        findings = []
        for name in served():
            shape = model.input_of(name)
            if not {"StreamName", "StreamARN"} <= shape["members"].keys() or name == "CreateStream":
                continue
            whole = requests.example(shape)
            neither = {k: v for k, v in whole.items() if k not in ("StreamName", "StreamARN", "NextToken")}
            both = {k: v for k, v in whole.items() if k != "NextToken"} | {"StreamName": "another"}
            for request, sentence in (
                (neither, "Either NextToken or StreamName should be provided." if name == "ListShards" else "Either StreamName or StreamARN should be provided."),
                (both, f"StreamName another and StreamARN {requests.STREAM} do not name the same stream."),
            ):
                if self.api.refusal(name, request) != ("InvalidArgumentException", sentence):
                    findings.append(f"{name}: {self.api.refusal(name, request)}, expected {sentence}")
        self.none(findings)

    def wrongly_answered(self, name, shape, path, rule, request):
        expected = grammar.sentences(request, shape)
        assert expected, f"{name} {path} {rule} breaks nothing: the audit is wrong"
        code, message = self.api.refusal(name, request)
        if code == "ValidationException" and grammar.says_exactly(message, expected):
            return []
        said = "; ".join(expected)
        return [f"{name} {requests.text_of(path)} {rule}: {code}: {message[:400]} | expected: {said[:400]}"]

    @classmethod
    def tearDownClass(cls):
        findings = sorted(set(cls.api.findings))
        super().tearDownClass()
        if findings:
            raise AssertionError("\n".join(findings))


class RequestsInCbor(Requests):
    coding = Cbor


def members_of(tree, path=""):
    """The paths of all members of a described structure."""
    if tree["type"] == "list":
        yield from members_of(tree["element"], f"{path}[]")
    for name, member in tree.get("members", {}).items():
        at = f"{path}.{name}" if path else name
        yield at
        yield from members_of(member, at)


class Answers(WithEmulator):
    """Every operation, made to succeed; the answers fit the model and show all they can hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        World(cls.api, set(served())).live()

    def test_every_operation_succeeds(self):
        self.assertEqual(sorted(set(served()) - self.api.succeeded), [])

    def test_answers_fit_the_model(self):
        self.none(self.api.findings, differences.ANSWERS)

    def test_every_member_that_is_described_is_answered_once(self):
        findings = [
            f"{name} {path}"
            for name in served()
            for path in members_of(OURS[name]["output"])
            if path not in self.api.seen.get(name, ())
        ]
        self.none(findings, differences.UNSEEN)


class AnswersInCbor(Answers):
    coding = Cbor


if __name__ == "__main__":
    unittest.main()
