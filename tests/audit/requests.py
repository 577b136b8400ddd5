"""Requests made from the model: a whole one for every operation, and all the ways to break one rule of it."""
import base64
import copy
import re

from tests.audit import grammar
from tests.audit.model import bare

ACCOUNT = "000000000000"
HERE = f"arn:aws:kinesis:us-east-1:{ACCOUNT}"
STREAM = f"{HERE}:stream/audited"

# A text for every pattern of the model. A pattern that is not here stops the audit: somebody has to look.
EXAMPLES = {
    r"[a-zA-Z0-9_.-]+": "audited",
    r"arn:aws.*:kinesis:.*:\d{12}:stream/\S+": STREAM,
    r"arn:aws.*:kinesis:.*:\d{12}:channel/\S+": f"{HERE}:channel/audited",
    r"arn:aws.*:kinesis:.*:\d{12}:queue/\S+": f"{HERE}:queue/audited",
    r"arn:aws.*:kinesis:.*:\d{12}:.*(stream|channel|queue)/\S+": STREAM,
    r"(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:[0-9]+": f"{STREAM}/consumer/reader:1700000000",
    r"[a-z0-9]{20}-[a-z0-9]{3}": "abcdefghij0123456789-abc",
    r"0|([1-9]\d{0,38})": "0",
    r"0|([1-9]\d{0,128})": "0",
    r"[a-z0-9]+": "a1",
    r"\d{12}": ACCOUNT,
    r"arn:aws[-a-z0-9]*:s3:::[a-z0-9._-]{3,63}": "arn:aws:s3:::bucket",
    r"arn:aws[-a-z0-9]*:s3tables:[-a-z0-9]+:\d{12}:bucket/[a-z0-9_-]{3,63}": f"arn:aws:s3tables:us-east-1:{ACCOUNT}:bucket/tables",
    r"arn:aws[-a-z0-9]*:iam::\d{12}:role/[a-zA-Z_0-9+=,.@\-_/]+": f"arn:aws:iam::{ACCOUNT}:role/deliver",
    r"arn:aws[-a-z0-9]*:glue:[-a-z0-9]+:\d{12}:schema/[-a-zA-Z0-9_$#.]+/[-a-zA-Z0-9_$#.]+": f"arn:aws:glue:us-east-1:{ACCOUNT}:schema/registry/name",
    r"[\.\-_/#A-Za-z0-9]+": "group",
    r"[^:*]*": "stream",
    r"[0-9A-Za-z!\-_'.*()\/]+": "errors/",
    r"[0-9A-Za-z!\-_'.*()\/=:{}]+": "out/{yyyy}",
    r"[0-9a-z_]+": "names",
    r"[a-zA-Z0-9\.\_]+": "event_time",
}


class NoExample(Exception):
    pass


def example(shape):
    """A value that keeps every rule, with every optional member in it."""
    kind = shape["type"]
    if kind == "structure":
        return {name: example(member) for name, member in shape["members"].items()}
    if kind == "list":
        return [example(shape["element"])] * max(1, shape.get("min", 1))
    if kind == "map":
        return {example(shape["key"]): example(shape["value"])}
    if kind in ("integer", "long"):
        return max(1, shape.get("min", 1))
    if kind == "boolean":
        return False
    if kind == "timestamp":
        return 1700000000
    if kind == "blob":
        return base64.b64encode(b"data").decode()
    if kind != "string":
        raise NotImplementedError(f"the model has a type that the audit does not know: {kind}")
    if "enum" in shape:
        return shape["enum"][0]
    if "pattern" in shape:
        pattern = bare(shape["pattern"])
        if pattern not in EXAMPLES:
            raise NoExample(f"the model's pattern {pattern} has no example in tests/audit/requests.py")
        return EXAMPLES[pattern]
    return "a" * max(1, shape.get("min", 1))


def places(shape, path=()):
    """Every shape of a request with the way to it: names, 0 for a list's first, "key"/"value" are not walked."""
    for name, member in shape.get("members", {}).items():
        yield (*path, name), member
        yield from places(member, (*path, name))
    if shape["type"] == "list":
        yield (*path, 0), shape["element"]
        yield from places(shape["element"], (*path, 0))


def with_value(request, path, value):
    """A copy of the request with another value at a place; REMOVED takes the member out."""
    changed = copy.copy(request)
    if len(path) == 1:
        if value is REMOVED:
            del changed[path[0]]
        else:
            changed[path[0]] = value
    else:
        changed[path[0]] = with_value(request[path[0]], path[1:], value)
    return changed


REMOVED = object()


def stretched(shape, length):
    """A text of that length that keeps the pattern, if that can be had by appending or prepending."""
    start = example(shape) if "enum" not in shape else ""
    if "pattern" not in shape:
        return "a" * length
    if length <= len(start):
        short = start[:length]
        return short
    for letter in "a10/":
        for text in (start + letter * (length - len(start)), letter * (length - len(start)) + start):
            if re.fullmatch(bare(shape["pattern"]), text, re.ASCII):
                return text
    return start + "a" * (length - len(start))


def sized(shape, length):
    kind = shape["type"]
    if kind == "string":
        return stretched(shape, length)
    if kind == "blob":
        return base64.b64encode(bytes(length)).decode()
    if kind == "list":
        element = example(shape["element"])
        return [element] * length
    keys = [f"k{i}" for i in range(length)]
    return {key: example(shape["value"]) for key in keys}


def broken_values(shape):
    """(rule, value) pairs that break the rules of one shape; what is inside it is walked by places()."""
    kind = shape["type"]
    if kind in ("integer", "long"):
        if "min" in shape:
            yield "min", shape["min"] - 1
        if "max" in shape:
            yield "max", shape["max"] + 1
        return
    if kind in ("string", "blob", "list", "map"):
        if shape.get("min", 0) > 0:
            yield "min", sized(shape, shape["min"] - 1)
        if "max" in shape:
            yield "max", sized(shape, shape["max"] + 1)
    if "pattern" in shape:
        good = example(shape)
        candidates = ["!", "a b", good + "\n", "\n" + good, good + " !", " ", good.upper() + "\u00e9"]
        for text in candidates:
            if grammar.must_match(shape) in grammar.own(text, shape):
                yield "pattern", text
    if "enum" in shape:
        yield "enum", "NONSENSE"
        yield "enum", shape["enum"][0].lower() + "\n"
        yield "enum", ""
    if kind == "map":
        for _, key in broken_values(shape["key"]):
            yield "key", {key: example(shape["value"])}
        for _, value in broken_values(shape["value"]):
            yield "value", {example(shape["key"]): value}
    if kind == "list" and shape["element"]["type"] == "string":
        for _, item in broken_values(shape["element"]):
            yield "element", [item]


def edges(shape):
    """Values that only just keep the rules."""
    kind = shape["type"]
    for word in ("min", "max"):
        if word not in shape:
            continue
        value = shape[word] if kind in ("integer", "long") else sized(shape, shape[word])
        if not grammar.own(value, shape):
            yield word, value
    for value in shape.get("enum", ()):
        yield "enum", value


def breaches(shape):
    """(where, rule, request) for every rule of every member, each broken once."""
    whole = example(shape)
    for path, member in places(shape):
        if member.get("required"):
            yield path, "required", with_value(whole, path, REMOVED)
            yield path, "required (null)", with_value(whole, path, None)
        if path[-1] == 0 and member["type"] != "structure":
            continue  # a list's texts are broken with their list
        for rule, value in broken_values(member):
            yield path, rule, with_value(whole, path, value)


def wrong_types(shape):
    """(where, value, request, sentence) for every type that a member is not of."""
    whole = example(shape)
    for path, member in places(shape):
        for value, sentence in grammar.wrong_types(member["type"]):
            yield path, value, with_value(whole, path, value), sentence
        if member["type"] == "map":
            for value, sentence in grammar.wrong_types(member["value"]["type"]):
                yield path, value, with_value(whole, path, {example(member["key"]): value}), sentence


def edge_requests(shape):
    """(where, rule, request, sentences): a member at its edge, and one rule of another member broken, so that
    the request is refused for that alone and nothing is done."""
    whole = example(shape)
    for path, member in places(shape):
        values = list(edges(member))
        if not member.get("required") and path[-1] != 0:
            values.append(("null", None))
        if member["type"] == "structure":
            values.append(("unknown member", {**example(member), "NoSuchMember": [{"x": 1}]}))
        for rule, value in values:
            request = with_value(whole, path, value)
            for other, broken in shape["members"].items():
                if other == path[0]:
                    continue
                if broken.get("required"):
                    refused = with_value(request, (other,), REMOVED)
                else:
                    breaking = list(broken_values(broken))
                    if not breaking:
                        continue
                    refused = with_value(request, (other,), breaking[0][1])
                yield path, rule, refused
                break


def text_of(path):
    return ".".join(f"[{part}]" if isinstance(part, int) else part for part in path).replace(".[", "[")
