"""AWS's own description of Kinesis: the service model that botocore carries, as plain trees.

A tree is a dict with "type" and, where they apply, "shape" (the model's name), "required", "min", "max",
"pattern", "enum", "members" (structure), "element" (list), "key" and "value" (map): the words that
`millrace-emulator api` uses, so that the two can be compared.
"""
import functools

import botocore.loaders

LIMITS = ("min", "max", "pattern", "enum")


@functools.cache
def service():
    """The newest service model of the botocore that is installed."""
    loader = botocore.loaders.Loader()
    version = loader.determine_latest_version("kinesis", "service-2")
    return loader.load_service_model("kinesis", "service-2", api_version=version)


def operations():
    """Names of all operations, in order."""
    return sorted(service()["operations"])


def tree(shape_name, inside=()):
    """A shape with everything below it."""
    if shape_name in inside:
        raise NotImplementedError(f"the shape {shape_name} holds itself: the audit does not know how to walk that")
    shape = service()["shapes"][shape_name]
    made = {"type": shape["type"], "shape": shape_name}
    made.update({word: shape[word] for word in LIMITS if word in shape})
    below = (*inside, shape_name)
    if shape["type"] == "structure":
        made["members"] = {}
        for name, reference in shape.get("members", {}).items():
            member = tree(reference["shape"], below)
            if name in shape.get("required", ()):
                member["required"] = True
            made["members"][name] = member
        for word in ("eventstream", "event", "exception", "union"):
            if shape.get(word):
                made[word] = True
    elif shape["type"] == "list":
        made["element"] = tree(shape["member"]["shape"], below)
    elif shape["type"] == "map":
        made["key"] = tree(shape["key"]["shape"], below)
        made["value"] = tree(shape["value"]["shape"], below)
    return made


@functools.cache
def input_of(operation):
    reference = service()["operations"][operation].get("input")
    return tree(reference["shape"]) if reference else {"type": "structure", "shape": "nothing", "members": {}}


@functools.cache
def output_of(operation):
    """Without output: a structure without members; AWS then answers an empty body."""
    reference = service()["operations"][operation].get("output")
    return tree(reference["shape"]) if reference else {"type": "structure", "shape": "nothing", "members": {}}


def has_output(operation):
    return "output" in service()["operations"][operation]


def errors_of(operation):
    return {error["shape"] for error in service()["operations"][operation].get("errors", ())}


def bare(pattern):
    """A pattern without the anchors and the outer parentheses that newer models write around it: every
    pattern has to match the whole text anyway."""
    if pattern.startswith("^"):
        pattern = pattern[1:]
    if pattern.endswith("$") and not pattern.endswith("\\$"):
        pattern = pattern[:-1]
    if pattern.startswith("(") and pattern.endswith(")"):
        depth = 0
        for at, letter in enumerate(pattern):
            escaped = at > 0 and pattern[at - 1] == "\\"
            depth += 0 if escaped else {"(": 1, ")": -1}.get(letter, 0)
            if depth == 0:
                return pattern[1:-1] if at == len(pattern) - 1 else pattern
    return pattern
