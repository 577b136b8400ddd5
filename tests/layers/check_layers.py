"""Refuses an include that goes against the declared layer edges.

Usage: check_layers.py SOURCE_DIR EDGES_FILE
A layer may include its own headers and those of every layer reachable through DEPENDS.
Also checked: sources are ASCII, and files over 400 lines carry a `// long:` note saying why.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
PROGRAMS = ("common", "emulator", "runtime", "generator")


def read_edges(path):
    edges = {}
    for line in pathlib.Path(path).read_text().splitlines():
        layer, _, deps = line.partition(":")
        edges[layer] = set(deps.split())
    return edges


def reachable(layer, edges):
    seen, todo = set(), [layer]
    while todo:
        for dep in edges.get(todo.pop(), ()):
            if dep not in seen:
                seen.add(dep)
                todo.append(dep)
    return seen


def check(root, edges):
    problems, files = [], 0
    for layer, deps in edges.items():
        for dep in deps - edges.keys():
            problems.append(f"{layer}: depends on the unknown layer {dep}")
        if layer in reachable(layer, edges):
            problems.append(f"{layer}: depends on itself in a circle")
    for program in PROGRAMS:
        for path in sorted((root / program).rglob("*.[ch]pp")):
            files += 1
            layer = path.parent.relative_to(root).as_posix()
            name = path.relative_to(root).as_posix()
            raw = path.read_bytes()
            if any(byte > 126 for byte in raw):
                problems.append(f"{name}: not ASCII")
            text = raw.decode("utf-8", "replace")
            if text.count("\n") > 400 and "// long:" not in text:
                problems.append(f"{name}: {text.count(chr(10))} lines, more than 400 without a '// long:' note")
            if layer == program:  # main.cpp joins the parts and may see them all
                continue
            if layer not in edges:
                problems.append(f"{name}: no add_layer() for {layer}")
                continue
            allowed = reachable(layer, edges) | {layer}
            for included in INCLUDE.findall(text):
                target = pathlib.PurePosixPath(included).parent.as_posix()
                if target in edges and target not in allowed:
                    problems.append(f"{name}: includes {included}, but {layer} does not depend on {target}")
    return problems, files


def main():
    root = pathlib.Path(sys.argv[1])
    edges = read_edges(sys.argv[2])
    problems, files = check(root, edges)
    # The check itself is checked: an upward edge must be found.
    assert reachable("a", {"a": {"b"}, "b": {"c"}, "c": set()}) == {"b", "c"}
    for problem in problems:
        print(problem)
    print(f"{files} files in {len(edges)} layers, {len(problems)} problems")
    return 1 if problems or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
