"""Random small queries over random rows, run by our runtime and by real Apache Flink.

Usage: random_queries.py --bin DIR [--queries N] [--seed S] [--keep DIR]

The rows are the same for all queries of a seed; a query is the same for a seed and its number, however many
are asked for. All go through one JVM (see run_flink.py for the jars; exit code 77 without them). Results are
compared as what is left when all changes are applied: the order of rows and the number of changes in between
are Flink's to choose. A query that both refuse agrees; one that only we refuse is listed, and counts as a
difference. --keep leaves script, rows and both outputs of every difference in a folder.
"""
import argparse
import collections
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import run_flink

TABLES = """CREATE TABLE t (id INT, k STRING, a INT, b BIGINT, d DOUBLE, c DECIMAL(10, 2), s STRING, f BOOLEAN, dt DATE,
  ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = '%s/t.jsonl', 'format' = 'json');
CREATE TABLE u (id INT, k STRING, v INT, w DECIMAL(8, 3), us TIMESTAMP(3), WATERMARK FOR us AS us - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = '%s/u.jsonl', 'format' = 'json');
"""
KEYS = ["x", "y", "z", "", "é", None]
WORDS = ["apple", "Banana", "cherry pie", "", "ünï", "a_b%c", " pad ", "1,2,3", None]


def make_rows(draw, folder):
    second = 0
    with open(folder / "t.jsonl", "w", encoding="utf-8") as out:
        for number in range(60):
            second += draw.choice([0.5, 1, 1, 2, 3, 7])
            at = second - draw.choice([0, 0, 0, 0.25, 1])
            minutes, rest = divmod(at, 60)
            out.write(json.dumps({
                "id": number, "k": draw.choice(KEYS), "a": maybe(draw, lambda: draw.randint(-50, 50)),
                "b": maybe(draw, lambda: draw.randint(-10**12, 10**12)),
                "d": maybe(draw, lambda: round(draw.uniform(-100, 100), 3)),
                "c": maybe(draw, lambda: round(draw.uniform(-999, 999), 2)), "s": draw.choice(WORDS),
                "f": draw.choice([True, False, None]), "dt": f"2024-0{draw.randint(1, 9)}-{draw.randint(10, 28)}",
                "ts": f"2024-01-01 00:{int(minutes):02d}:{rest:06.3f}"}, ensure_ascii=False) + "\n")
    second = 0
    with open(folder / "u.jsonl", "w", encoding="utf-8") as out:
        for number in range(40):
            second += draw.choice([1, 2, 3, 5])
            minutes, rest = divmod(second, 60)
            out.write(json.dumps({
                "id": number, "k": draw.choice(KEYS), "v": maybe(draw, lambda: draw.randint(-9, 9)),
                "w": maybe(draw, lambda: round(draw.uniform(-99, 99), 3)),
                "us": f"2024-01-01 00:{int(minutes):02d}:{rest:06.3f}"}, ensure_ascii=False) + "\n")


def maybe(draw, value):
    return None if draw.random() < 0.15 else value()


class Expressions:
    """Expressions of a type over the columns of table t."""

    def __init__(self, draw):
        self.draw = draw

    def of(self, kind, depth=2):
        return getattr(self, kind)(depth)

    def pick(self, depth, leaves, branches):
        chosen = self.draw.choice(leaves if depth <= 0 or self.draw.random() < 0.3 else branches)
        return chosen() if callable(chosen) else chosen

    def whole(self, depth):
        sub = lambda: self.of("whole", depth - 1)  # noqa: E731
        number = lambda: str(self.draw.randint(-9, 9))  # noqa: E731
        return self.pick(depth, ["a", "id", number], [
            lambda: f"({sub()} + {sub()})", lambda: f"({sub()} - {sub()})", lambda: f"({number()} * {sub()})",
            lambda: f"ABS({sub()})", lambda: f"MOD({sub()}, {self.draw.randint(2, 9)})",
            lambda: f"COALESCE({sub()}, {number()})", lambda: f"CHAR_LENGTH({self.of('text', depth - 1)})",
            lambda: f"CASE WHEN {self.of('truth', depth - 1)} THEN {sub()} ELSE {sub()} END",
            lambda: f"NULLIF({sub()}, {number()})", lambda: f"SIGN({sub()})",
            lambda: f"CAST(EXTRACT({self.draw.choice(['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'])} "
                    f"FROM ts) AS INT)",
            lambda: f"GREATEST({sub()}, {sub()})", lambda: f"({sub()} * {sub()})",
            lambda: f"({sub()} * 123456789)", lambda: f"({sub()} / {self.draw.choice([-7, 3, 4])})",
            lambda: f"CAST({self.of('real', depth - 1)} AS INT)", lambda: f"CAST({self.of('decimal', depth - 1)} AS INT)",
            lambda: f"TRY_CAST({self.of('text', depth - 1)} AS INT)", lambda: f"POSITION('a' IN {self.of('text', depth - 1)})"])

    def big(self, depth):
        return self.pick(depth, ["b"], [lambda: f"(b + {self.of('whole', depth - 1)})",
                                        lambda: f"CAST({self.of('whole', depth - 1)} AS BIGINT)",
                                        lambda: f"(b / {self.draw.randint(2, 99)})", "(b * b)", "(b * 9999999999)",
                                        lambda: f"CAST({self.of('real', depth - 1)} AS BIGINT)",
                                        lambda: f"CAST({self.of('decimal', depth - 1)} AS BIGINT)"])

    def real(self, depth):
        sub = lambda: self.of("real", depth - 1)  # noqa: E731
        return self.pick(depth, ["d"], [lambda: f"({sub()} + {sub()})", lambda: f"({sub()} * 2.5E0)",
                                        lambda: f"({sub()} / 4)", lambda: f"FLOOR({sub()})", lambda: f"CEIL({sub()})",
                                        lambda: f"ROUND({sub()}, 1)", lambda: f"ABS({sub()})",
                                        lambda: f"CAST({self.of('whole', depth - 1)} AS DOUBLE)",
                                        lambda: f"({sub()} / 3)", lambda: f"({sub()} * 1E15)", lambda: f"({sub()} / 1E9)",
                                        lambda: f"CAST({self.of('decimal', depth - 1)} AS DOUBLE)",
                                        lambda: f"CAST({self.of('big', depth - 1)} AS DOUBLE)",
                                        "CAST(CAST(d AS FLOAT) AS DOUBLE)", lambda: f"SQRT(ABS({sub()}))",
                                        lambda: f"TRY_CAST({self.of('text', depth - 1)} AS DOUBLE)"])

    def decimal(self, depth):
        return self.pick(depth, ["c", "1.25"], [
            lambda: f"(c + {self.of('whole', 0)})", lambda: "(c * 1.5)", lambda: "(c - 0.333)", lambda: "ROUND(c, 1)",
            lambda: f"CAST({self.of('whole', depth - 1)} AS DECIMAL(12, 3))", lambda: "ABS(c)", lambda: "(c / 7)",
            lambda: "TRUNCATE(c, 1)", "(c * c)", "(c / 0.07)", "(c / 3)", "ROUND(c * 1.005, 2)", "MOD(c, 7)",
            lambda: f"CAST({self.of('real', depth - 1)} AS DECIMAL(10, 3))", "(c * CAST(b AS DECIMAL(20, 0)))",
            "CAST(c * 1.005 AS DECIMAL(8, 2))"])

    def text(self, depth):
        sub = lambda: self.of("text", depth - 1)  # noqa: E731
        return self.pick(depth, ["k", "s", "'Q'"], [
            lambda: f"UPPER({sub()})", lambda: f"LOWER({sub()})", lambda: f"({sub()} || {sub()})",
            lambda: f"SUBSTRING({sub()}, {self.draw.randint(1, 4)}, {self.draw.randint(1, 5)})",
            lambda: f"TRIM({sub()})", lambda: f"REPLACE({sub()}, 'a', '<>')", lambda: f"REVERSE({sub()})",
            lambda: f"LPAD({sub()}, {self.draw.randint(1, 8)}, '*')", lambda: f"COALESCE({sub()}, 'none')",
            lambda: f"CAST({self.of('whole', depth - 1)} AS STRING)", lambda: "CAST(ts AS STRING)",
            lambda: "CAST(c AS STRING)", lambda: "CAST(d AS STRING)",
            lambda: f"CAST({self.of('real', depth - 1)} AS STRING)", lambda: f"CAST({self.of('decimal', depth - 1)} AS STRING)",
            "CAST(CAST(d AS FLOAT) AS STRING)", "CAST(d * 1E12 AS STRING)", "CAST(d / 1E8 AS STRING)", "CAST(dt AS STRING)",
            "CAST(f AS STRING)", "CAST(b AS STRING)", lambda: "DATE_FORMAT(ts, 'HH:mm:ss')",
            lambda: f"CONCAT_WS('-', {sub()}, {sub()})", lambda: f"SPLIT_INDEX({sub()}, ',', 1)",
            lambda: f"REGEXP_REPLACE({sub()}, '[aeiou]', '_')", lambda: f"INITCAP({sub()})"])

    def truth(self, depth):
        whole = lambda: self.of("whole", depth - 1)  # noqa: E731
        sub = lambda: self.of("truth", depth - 1)  # noqa: E731
        comparison = lambda: self.draw.choice(["=", "<>", "<", "<=", ">", ">="])  # noqa: E731
        return self.pick(depth, ["f", lambda: f"a {comparison()} {self.draw.randint(-20, 20)}"], [
            lambda: f"({whole()} {comparison()} {whole()})", lambda: f"({sub()} AND {sub()})",
            lambda: f"({sub()} OR {sub()})", lambda: f"(NOT {sub()})",
            lambda: f"({self.of('text', depth - 1)} LIKE '%a%')", lambda: f"({whole()} IS NULL)",
            lambda: f"({self.of('text', depth - 1)} IS NOT NULL)", lambda: f"({whole()} BETWEEN -10 AND 25)",
            lambda: f"({whole()} IN (1, 2, 3, 5, 8))", lambda: "(k IN ('x', 'y'))", lambda: "(c > 0.5)",
            lambda: "(d < b)", lambda: "(ts > TIMESTAMP '2024-01-01 00:00:30')", lambda: f"({sub()} IS TRUE)",
            lambda: "(dt < DATE '2024-05-15')"])

    def any(self, depth=2):
        return self.of(self.draw.choice(["whole", "big", "real", "decimal", "text", "truth"]), depth)


class Queries:
    FORMS = ["project", "group", "window", "over", "join", "top", "first", "distinct", "union", "interval", "having",
             "window_top", "in_query"]

    def __init__(self, draw):
        self.draw = draw
        self.make = Expressions(draw)

    def any(self):
        return getattr(self, self.draw.choice(self.FORMS))()

    def condition(self):
        return f" WHERE {self.make.of('truth')}" if self.draw.random() < 0.5 else ""

    def aggregate(self):
        chosen = self.draw.choice(["COUNT(*)", "COUNT({any})", "SUM({whole})", "SUM({big})", "MIN({any_ordered})",
                                   "MAX({any_ordered})", "AVG({whole})", "SUM({decimal})", "AVG({decimal})",
                                   "COUNT(DISTINCT {whole})", "SUM(DISTINCT {whole})", "MAX({text})", "MIN({decimal})"])
        ordered = self.draw.choice(["whole", "big", "real", "decimal", "text"])
        call = chosen.format(any=self.make.any(1), whole=self.make.of("whole", 1), big=self.make.of("big", 1),
                             decimal=self.make.of("decimal", 1), text=self.make.of("text", 1),
                             any_ordered=self.make.of(ordered, 1))
        if self.draw.random() < 0.2:
            call += f" FILTER (WHERE {self.make.of('truth', 1)})"
        return call

    def aggregates(self):
        return ", ".join(f"{self.aggregate()} AS n{i}" for i in range(self.draw.randint(1, 3)))

    def project(self):
        columns = ", ".join(f"{self.make.any()} AS c{i}" for i in range(self.draw.randint(1, 4)))
        return f"SELECT id, {columns} FROM t{self.condition()}"

    def key(self):
        return self.draw.choice(["k", "f", "MOD(a, 3)", "UPPER(s)", "k, f", "CAST(c AS INT)", "dt"])

    def group(self):
        key = self.key()
        return f"SELECT {key}, {self.aggregates()} FROM t{self.condition()} GROUP BY {key}"

    def having(self):
        return f"SELECT k, {self.aggregates()} FROM t GROUP BY k HAVING COUNT(*) > {self.draw.randint(1, 12)}"

    def window_function(self):
        table = "TABLE t, DESCRIPTOR(ts)"
        return self.draw.choice([f"TUMBLE({table}, INTERVAL '{self.draw.choice([3, 10, 30])}' SECOND)",
                                 f"HOP({table}, INTERVAL '5' SECOND, INTERVAL '{self.draw.choice([10, 15])}' SECOND)",
                                 f"CUMULATE({table}, INTERVAL '5' SECOND, INTERVAL '20' SECOND)"])

    def window(self):
        key = self.draw.choice(["", ", k", ", f", ", k, f"])
        # Flink has no SUM(DISTINCT) for windows that share slices.
        calls = self.aggregates().replace("SUM(DISTINCT", "COUNT(DISTINCT")
        return (f"SELECT window_start, window_end{key}, {calls} FROM TABLE({self.window_function()})"
                f"{self.condition()} GROUP BY window_start, window_end{key}")

    def window_top(self):
        return ("SELECT window_start, k, n, r FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end "
                "ORDER BY n DESC, k) AS r FROM (SELECT window_start, window_end, k, COUNT(*) AS n FROM "
                f"TABLE({self.window_function()}) GROUP BY window_start, window_end, k)) WHERE r <= "
                f"{self.draw.randint(1, 3)}")

    def over(self):
        frame = self.draw.choice([f"ROWS BETWEEN {self.draw.randint(1, 5)} PRECEDING AND CURRENT ROW", "",
                                  f"RANGE BETWEEN INTERVAL '{self.draw.choice([5, 20])}' SECOND PRECEDING AND CURRENT ROW"])
        call = self.draw.choice(["COUNT(*)", "SUM(a)", "MIN(c)", "MAX(s)", "AVG(a)", "SUM(c)", "COUNT(DISTINCT k)"])
        return f"SELECT id, {call} OVER (PARTITION BY k ORDER BY ts {frame}) AS n FROM t{self.condition()}"

    def join(self):
        kind = self.draw.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
        extra = self.draw.choice(["", " AND t.a > u.v", " AND MOD(t.id, 3) = MOD(u.id, 3)"])
        return f"SELECT t.id, t.k, u.id AS uid, u.w, t.a + u.v AS av FROM t {kind} u ON t.k = u.k{extra}"

    def interval(self):
        return ("SELECT t.id, u.id AS uid, t.k FROM t JOIN u ON t.k = u.k AND t.ts BETWEEN u.us - INTERVAL "
                f"'{self.draw.randint(1, 9)}' SECOND AND u.us + INTERVAL '{self.draw.randint(0, 5)}' SECOND")

    def top(self):
        order = self.draw.choice(["a DESC, id", "c, id", "b DESC, id", "s, id DESC", "d DESC, id"])
        return (f"SELECT id, k, a FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY {self.draw.choice(['k', 'f'])} "
                f"ORDER BY {order}) AS r FROM t{self.condition()}) WHERE r <= {self.draw.randint(2, 4)}")

    def first(self):
        return ("SELECT id, k, a FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts "
                f"{self.draw.choice(['ASC', 'DESC'])}) AS r FROM t{self.condition()}) WHERE r = 1")

    def distinct(self):
        return f"SELECT DISTINCT {self.key()} FROM t{self.condition()}"

    def union(self):
        return (f"SELECT k, a FROM t{self.condition()} {self.draw.choice(['UNION ALL', 'UNION', 'INTERSECT', 'EXCEPT'])} "
                "SELECT k, v FROM u")

    def in_query(self):
        form = self.draw.choice(["a IN (SELECT v FROM u)", "EXISTS (SELECT 1 FROM u WHERE u.k = t.k AND u.v > 0)",
                                 "k NOT IN (SELECT k FROM u WHERE k IS NOT NULL AND v < 0)"])
        return f"SELECT id, k, a FROM t WHERE {form}"


def remaining(text):
    """The rows that are left of a printed changelog, with counts; those taken back too often are negative."""
    rows = collections.Counter()
    for line in text.splitlines():
        rows[line[2:]] += 1 if line[:2] in ("+I", "+U") else -1
    return {row: count for row, count in rows.items() if count != 0}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    if shutil.which("java") is None:
        run_flink.skip("there is no java")
    runtime = str(pathlib.Path(options.bin).resolve() / "millrace-runtime")
    jars = run_flink.flink_jars()
    with tempfile.TemporaryDirectory(prefix="millrace-random-") as name:
        work = pathlib.Path(name)
        make_rows(random.Random(f"rows {options.seed}"), work)
        folders = []
        for number in range(options.queries):
            query = Queries(random.Random(f"query {options.seed} {number}")).any()
            folder = work / f"{options.seed}-{number}"
            folder.mkdir()
            (folder / "script.sql").write_text(TABLES % (work, work) + query + ";\n", encoding="utf-8")
            folders.append(folder)
        run_flink.judge(jars, folders)
        counts = collections.Counter()
        for folder in folders:
            verdict, said = compare(runtime, folder)
            counts[verdict] += 1
            if verdict in ("agree", "both refuse"):
                continue
            print(f"DIFFERENCE {folder.name} ({verdict}):\n  {(folder / 'script.sql').read_text().splitlines()[-1]}\n{said}")
            if options.keep:
                shutil.copytree(folder, options.keep / folder.name, dirs_exist_ok=True)
                for rows in ("t.jsonl", "u.jsonl"):
                    shutil.copy(work / rows, options.keep / folder.name)
    good = counts["agree"] + counts["both refuse"]
    print(f"{good} of {options.queries} queries agree with Flink {run_flink.VERSION} (seed {options.seed}): "
          + ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())))
    sys.exit(0 if good == options.queries else 1)


def compare(runtime, folder):
    done = subprocess.run([runtime, "run", str(folder / "script.sql"), "--log-level", "warn"], capture_output=True,
                          text=True, encoding="utf-8", timeout=60)
    (folder / "ours").write_text(done.stdout + done.stderr, encoding="utf-8")
    error = (folder / "error").read_text(encoding="utf-8") if (folder / "error").exists() else ""
    if done.returncode not in (0, 1, 2):
        return "crash", f"  ours ended with {done.returncode}: {done.stderr[-500:]}"
    if done.returncode and error:
        return "both refuse", ""
    if done.returncode:
        return "only we refuse", f"  ours: {done.stderr.strip()[:400]}"
    if error:
        return "only Flink refuses", f"  Flink: {error.strip()[:600]}"
    ours, theirs = remaining(done.stdout), remaining((folder / "stdout").read_text(encoding="utf-8"))
    if ours == theirs:
        return "agree", ""
    rows = sorted(set(ours) | set(theirs))
    return "rows", "\n".join(f"  {row}: ours {ours.get(row, 0)}, Flink {theirs.get(row, 0)}" for row in rows
                             if ours.get(row, 0) != theirs.get(row, 0))[:1500]


if __name__ == "__main__":
    main()
