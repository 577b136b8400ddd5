"""What AWS says of a request that breaks a rule, computed from the model alone.

Nothing here is shared with the emulator: the sentences are built once more, from the service model and the
grammar recorded from AWS.
"""
import base64
import binascii
import re

from tests.audit.model import bare

BOOLEAN = "class java.lang.Boolean"
NUMBER = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber"
STRING = "class java.lang.String"
LIST = "Start of list found where not expected"
MAP = "Start of structure or map found where not expected."


def wrong_types(kind):
    """Values that are not of this type, each with the sentence AWS answers."""
    containers = [([], LIST), ({}, MAP)]
    scalars = {
        "string": [(True, f"{BOOLEAN} can not be converted to an String"), (23, f"{NUMBER} can not be converted to an String")],
        "integer": [("23", f"{STRING} can not be converted to an Integer"), (True, f"{BOOLEAN} can not be converted to an Integer")],
        "long": [("23", f"{STRING} can not be converted to an Long"), (True, f"{BOOLEAN} can not be converted to an Long")],
        "boolean": [(23, f"{NUMBER} can not be converted to an Boolean")],
        "blob": [
            (True, f"{BOOLEAN} can not be converted to a Blob"),
            (23, f"{NUMBER} can not be converted to a Blob"),
            ("23456", "'23456' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 5"),
            ("=AAA", "'=AAA' can not be converted to a Blob: Invalid Base64 character: '='"),
            ("AAF=", "'AAF=' can not be converted to a Blob: Invalid last non-pad Base64 character dectected"),
        ],
        "timestamp": [
            (True, f"{BOOLEAN} can not be converted to milliseconds since epoch"),
            ("now", f"{STRING} can not be converted to milliseconds since epoch"),
        ],
    }
    if kind in scalars:
        return scalars[kind] + containers
    if kind == "list":
        return [(value, "Expected list or null") for value in (True, 23, "x")] + [({}, MAP)]
    if kind == "map":
        return [(value, "Expected map or null") for value in (True, 23, "x")] + [([], LIST)]
    if kind == "structure":
        return [(value, "Expected null") for value in (True, 23, "x")] + [([], LIST)]
    raise NotImplementedError(f"the model has a type that the audit does not know: {kind}")


def utf16_length(text):
    return len(text.encode("utf-16-le")) // 2


def shown(value, shape):
    """A value as AWS prints it, without quotes."""
    if shape["type"] == "blob":
        size = len(base64.b64decode(value))
        return f"java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]"
    if shape["type"] == "list":
        return "[" + ", ".join(shown(item, shape["element"]) for item in value) + "]"
    if shape["type"] == "map":
        return "{" + ", ".join(f"{k}={shown(v, shape['value'])}" for k, v in value.items()) + "}"
    if shape["type"] == "structure":
        return f"com.amazonaws.kinesis.v20131202.{shape['shape']}@0"
    return str(value)


def must_match(shape):
    return f"Member must satisfy regular expression pattern: {bare(shape['pattern'])}"


def must_be(shape):
    return f"Member must satisfy enum value set: [{', '.join(shape['enum'])}]"


def size_of(value, shape):
    if shape["type"] == "string":
        return utf16_length(value)
    if shape["type"] == "blob":
        return len(base64.b64decode(value))
    return len(value)


def own(value, shape):
    """The constraints of its own shape that a value breaks; not those of what is inside it."""
    broken = []
    if shape["type"] in ("integer", "long"):
        if value < shape.get("min", value):
            broken.append(f"Member must have value greater than or equal to {shape['min']}")
        if value > shape.get("max", value):
            broken.append(f"Member must have value less than or equal to {shape['max']}")
        return broken
    if shape["type"] in ("boolean", "timestamp", "structure"):
        return broken
    size = size_of(value, shape)
    if size < shape.get("min", size):
        broken.append(f"Member must have length greater than or equal to {shape['min']}")
    if size > shape.get("max", size):
        broken.append(f"Member must have length less than or equal to {shape['max']}")
    if "pattern" in shape and not re.fullmatch(bare(shape["pattern"]), value, re.ASCII):
        broken.append(must_match(shape))
    if "enum" in shape and value not in shape["enum"]:
        broken.append(must_be(shape))
    return broken


def whole(shape):
    """The constraints of a list's texts or a map's keys or values, which AWS names together."""
    said = []
    if "max" in shape:
        said.append(f"Member must have length less than or equal to {shape['max']}")
    if "min" in shape:
        said.append(f"Member must have length greater than or equal to {shape['min']}")
    if "pattern" in shape:
        said.append(must_match(shape))
    if "enum" in shape:
        said.append(must_be(shape))
    return "[" + ", ".join(said) + "]"


def sentences(value, shape, path=""):
    """Everything AWS finds wrong with a value of the right type, in no certain order."""
    found = []

    def say(what, at, constraint):
        quoted = "null" if what is None else f"'{what}'"
        found.append(f"Value {quoted} at '{at}' failed to satisfy constraint: {constraint}")

    for constraint in own(value, shape):
        say(shown(value, shape), path, constraint)
    if shape["type"] == "structure":
        for name, member in shape["members"].items():
            at = (path + "." if path else "") + name[0].lower() + name[1:]
            inner = value.get(name)
            if inner is not None:
                found += sentences(inner, member, at)
            elif member.get("required"):
                say(None, at, "Member must not be null")
    elif shape["type"] == "list":
        if shape["element"]["type"] == "structure":
            for index, item in enumerate(value, 1):
                found += sentences(item, shape["element"], f"{path}.{index}.member")
        elif any(own(item, shape["element"]) for item in value):
            say(shown(value, shape), path, "Member must satisfy constraint: " + whole(shape["element"]))
    elif shape["type"] == "map":
        if any(own(key, shape["key"]) for key in value):
            say(shown(value, shape), path, "Map keys must satisfy constraint: " + whole(shape["key"]))
        if any(own(item, shape["value"]) for item in value.values()):
            say(shown(value, shape), path, "Map value must satisfy constraint: " + whole(shape["value"]))
    return found


ENUM_SET = re.compile(r"enum value set: \[([^\]]*)\]")
JAVA_OBJECT = re.compile(r"(com\.amazonaws\.kinesis\.v20131202\.\w+)@[0-9a-f]+")
PATTERN = re.compile(r"regular expression pattern: (\^?\(?[^,;]*)")


def same_everywhere(message):
    """A message without what differs from run to run on AWS: order of enums, addresses of objects."""
    message = JAVA_OBJECT.sub(r"\1@0", message)
    return ENUM_SET.sub(lambda found: "enum value set: [" + ", ".join(sorted(found[1].split(", "))) + "]", message)


def says_exactly(message, expected):
    """Whether a ValidationException's message has these sentences, in any order, and nothing else."""
    expected = [same_everywhere(sentence) for sentence in expected]
    rest = same_everywhere(message)
    head = f"{len(expected)} validation error{'' if len(expected) == 1 else 's'} detected: "
    if not rest.startswith(head):
        return False
    rest = rest[len(head):]
    while expected:
        # The longest first: one sentence may be the beginning of another.
        for sentence in sorted(expected, key=len, reverse=True):
            if rest == sentence or rest.startswith(sentence + "; "):
                rest = rest[len(sentence) + 2:]
                expected.remove(sentence)
                break
        else:
            return False
    return rest == ""


def is_blob(text):
    try:
        return isinstance(text, str) and base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except (binascii.Error, ValueError):
        return False
