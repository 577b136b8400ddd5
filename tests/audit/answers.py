"""Answers that succeeded, checked against the model's output shapes."""
import re

from tests.audit import grammar
from tests.audit.model import bare

PYTHON_TYPES = {"string": str, "integer": int, "long": int, "boolean": bool, "list": list, "map": dict, "structure": dict}


def problems(value, shape, path="", seen=None):
    """What is wrong with an answer; `seen` collects the members that were there."""
    kind = shape["type"]
    if kind == "timestamp":
        right = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1e11
    elif kind == "blob":
        right = grammar.is_blob(value)
    else:
        right = isinstance(value, PYTHON_TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
    if not right:
        return [f"{path}: {value!r} is no {kind}"]
    found = []
    if kind in ("integer", "long"):
        if value < shape.get("min", value):
            found.append(f"{path}: {value} is less than {shape['min']}")
        if value > shape.get("max", value):
            found.append(f"{path}: {value} is more than {shape['max']}")
        return found
    if kind in ("string", "blob", "list", "map"):
        size = grammar.size_of(value, shape)
        what = "entries" if kind in ("list", "map") else "long"
        if size < shape.get("min", size):
            found.append(f"{path}: {size} {what}, at least {shape['min']}")
        if size > shape.get("max", size):
            found.append(f"{path}: {size} {what}, at most {shape['max']}")
    if "pattern" in shape and not re.fullmatch(bare(shape["pattern"]), value, re.ASCII):
        found.append(f"{path}: {value!r} is not like {shape['pattern']}")
    if "enum" in shape and value not in shape["enum"]:
        found.append(f"{path}: {value!r} is none of {', '.join(shape['enum'])}")
    if kind == "list":
        for index, item in enumerate(value):
            found += problems(item, shape["element"], f"{path}[{index}]", seen)
    if kind == "map":
        for key, item in value.items():
            found += problems(key, shape["key"], f"{path} key", seen)
            found += problems(item, shape["value"], f"{path} value", seen)
    if kind == "structure":
        for name, member in shape["members"].items():
            at = f"{path}.{name}" if path else name
            if name not in value:
                if member.get("required"):
                    found.append(f"{at}: missing")
                continue
            if seen is not None:
                seen.add(re.sub(r"\[\d+\]", "[]", at))
            found += problems(value[name], member, at, seen)
        for name in value:
            if name not in shape["members"]:
                found.append(f"{path + '.' if path else ''}{name}: the model knows no such member")
    return found
