"""The emulator's own description of its operations beside the model, in both directions."""
from tests.audit.model import bare

NUMBERS = ("integer", "long")


def same_type(ours, model, answer):
    # What is written as a number looks the same whatever its width; what is read is clamped to it.
    return ours == model or (answer and ours in NUMBERS and model in NUMBERS)


def compare(ours, model, path="", answer=False):
    """Findings, each a line that names the place."""
    if not same_type(ours["type"], model["type"], answer):
        return [f"{path}: {ours['type']}, in the model {model['type']}"]
    found = []
    if not answer:
        for word in ("min", "max"):
            if ours.get(word) != model.get(word):
                found.append(f"{path}: {word} {ours.get(word)}, in the model {model.get(word)}")
        if bare(ours.get("pattern", "")) != bare(model.get("pattern", "")):
            found.append(f"{path}: pattern {ours.get('pattern')}, in the model {model.get('pattern')}")
        if sorted(ours.get("enum", ())) != sorted(model.get("enum", ())):
            found.append(f"{path}: enum {ours.get('enum')}, in the model {model.get('enum')}")
    if ours["type"] == "structure":
        found += compare_members(ours["members"], model["members"], path, answer)
    if ours["type"] == "list":
        found += compare(ours["element"], model["element"], f"{path}[]", answer)
    if ours["type"] == "map":
        found += compare(ours["key"], model["key"], f"{path} key", answer)
        found += compare(ours["value"], model["value"], f"{path} value", answer)
    return found


def compare_members(ours, model, path, answer):
    found = []
    for name in sorted({*ours, *model}):
        at = f"{path}.{name}" if path else name
        if name not in model:
            found.append(f"{at}: not in the model")
        elif name not in ours:
            found.append(f"{at}: only in the model")
        else:
            needed, modeled = ours[name].get("required", False), model[name].get("required", False)
            # An answer may have more than it must.
            if needed != modeled and not (answer and needed):
                found.append(f"{at}: required {needed}, in the model {modeled}")
            found += compare(ours[name], model[name], at, answer)
    return found
