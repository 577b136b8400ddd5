"""Generator, emulator and runtime together; what arrives in the output stream is compared with rows
computed here, in Python, from the bytes of the input stream."""
import collections
import datetime
import json
import signal
import subprocess
import unittest

from tests.e2e.support import (
    ACCOUNT,
    BIN,
    PATIENCE_S,
    REGION,
    ROOT,
    Emulator,
    Program,
    aws_environment,
    read_stream,
    temporary_directory,
    wait_active,
    wait_until,
)

IN, OUT = "trades-in", "highs-out"
DELAY_S = 10

JOB = """
CREATE TABLE trades (
  EVENT_TIME TIMESTAMP(3),
  TICKER STRING,
  PRICE DOUBLE,
  WATERMARK FOR EVENT_TIME AS EVENT_TIME - INTERVAL '{delay}' SECOND(5)
) WITH (
  'connector' = 'kinesis',
  'stream.arn' = 'arn:aws:kinesis:{region}:{account}:stream/{source}',
  'aws.region' = '{region}',
  'source.init.position' = 'TRIM_HORIZON',
  'source.shard.discovery.interval' = '1 s',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE highs (
  ticker STRING,
  window_start TIMESTAMP(3),
  window_end TIMESTAMP(3),
  trades BIGINT,
  low DOUBLE,
  high DOUBLE
) PARTITIONED BY (ticker) WITH (
  'connector' = 'kinesis',
  'stream.arn' = 'arn:aws:kinesis:{region}:{account}:stream/{sink}',
  'aws.region' = '{region}',
  'sink.flush-buffer.timeout' = '200',
  'format' = 'json'
);

INSERT INTO highs
SELECT TICKER, window_start, window_end, COUNT(*), MIN(PRICE), MAX(PRICE)
FROM TABLE(HOP(TABLE trades, DESCRIPTOR(EVENT_TIME), INTERVAL '{slide}' SECOND, INTERVAL '{size}' SECOND))
GROUP BY TICKER, window_start, window_end;
"""

EPOCH = datetime.datetime(1970, 1, 1)


def job_file(test, delay=DELAY_S, size=60, slide=30):
    path = temporary_directory(test) / "job.sql"
    path.write_text(
        JOB.format(region=REGION, account=ACCOUNT, source=IN, sink=OUT, delay=delay, size=size, slide=slide)
    )
    return path


def instant(text):
    """Milliseconds since the epoch, from the text a trade carries."""
    return (datetime.datetime.fromisoformat(text) - EPOCH) // datetime.timedelta(milliseconds=1)


def sql_time(ms):
    return (EPOCH + datetime.timedelta(milliseconds=ms)).strftime("%Y-%m-%d %H:%M:%S")


def windows(trades, size_s, slide_s, closed_at_ms=None):
    """The rows, as JSON texts, that the job must give for these trades.

    closed_at_ms: the last watermark; windows that it does not close are left out. None: all close.
    """
    size, slide = size_s * 1000, slide_s * 1000
    groups = collections.defaultdict(list)
    for trade in trades:
        at = instant(trade["EVENT_TIME"])
        start = at - at % slide
        while start > at - size:
            groups[(start, trade["TICKER"])].append(trade["PRICE"])
            start -= slide
    return {
        json.dumps(
            {
                "ticker": ticker,
                "window_start": sql_time(start),
                "window_end": sql_time(start + size),
                "trades": len(prices),
                "low": float(min(prices)),
                "high": float(max(prices)),
            },
            separators=(",", ":"),
        )
        for (start, ticker), prices in groups.items()
        if closed_at_ms is None or closed_at_ms >= start + size - 1
    }


class Pipeline(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        self.emulator = Emulator(temporary_directory(self))
        self.addCleanup(lambda: self.emulator.__exit__(None, None, None))
        self.kinesis = self.emulator.client()
        self.environment = aws_environment(self.emulator.url)

    def streams(self, shards):
        for name, count in ((IN, shards), (OUT, 2)):
            self.kinesis.create_stream(StreamName=name, ShardCount=count)
            wait_active(self.kinesis, name)

    def start(self, program, *arguments):
        running = Program([BIN / program, *arguments], env=self.environment)
        self.addCleanup(running.__exit__, None, None, None)
        return running

    def generate(self, *arguments):
        return self.start("millrace-generator", "trades", "--stream", IN, *arguments)

    def stored(self, name):
        """shard -> list of the data of its records, as text, in order."""
        return {s: [r["Data"].decode() for r in rs] for s, rs in read_stream(self.kinesis, name).items()}

    def texts(self, name):
        return [text for records in self.stored(name).values() for text in records]

    def succeed(self, program, limit_s=None):
        code = program.wait_exit(limit_s or PATIENCE_S * 2)
        self.assertEqual(code, 0, program.output())

    def test_drained_windows_over_several_shards(self):
        self.streams(shards=3)
        self.succeed(
            self.generate(
                *("--count", "3000", "--rate", "3000", "--seed", "11", "--partition-key", "ticker"),
                *("--start", "2026-01-05T09:30:00", "--time-scale", "300"),
            )
        )
        by_shard = self.stored(IN)
        trades = [json.loads(t) for ts in by_shard.values() for t in ts]
        self.assertEqual(len(trades), 3000)
        self.assertGreater(sum(1 for ts in by_shard.values() if ts), 1, "one shard got everything")
        # One reader sees several shards: only a generous delay makes the order among them irrelevant.
        runtime = self.start("millrace-runtime", "run", job_file(self, delay=86400), "--drain")
        self.succeed(runtime)
        got = self.texts(OUT)
        expected = windows(trades, 60, 30)
        self.assertGreater(len(expected), 20)
        self.assertEqual(sorted(got), sorted(expected))
        keys = {
            (json.loads(r["Data"])["ticker"], r["PartitionKey"])
            for rs in read_stream(self.kinesis, OUT).values()
            for r in rs
        }
        self.assertTrue(all(ticker == key for ticker, key in keys), keys)

    def expected_so_far(self):
        trades = [json.loads(t) for t in self.texts(IN)]
        last = max(instant(t["EVENT_TIME"]) for t in trades)
        return windows(trades, 60, 30, closed_at_ms=last - DELAY_S * 1000)

    def test_windows_close_as_time_goes_on_and_late_trades_within_the_delay_count(self):
        self.streams(shards=1)
        runtime = self.start("millrace-runtime", "run", job_file(self))
        self.succeed(
            self.generate(
                *("--count", "2000", "--rate", "1000", "--seed", "5", "--late", "0.05:5s"),
                *("--start", "2026-01-05T09:30:00", "--time-scale", "300"),
            )
        )
        order = [instant(json.loads(t)["EVENT_TIME"]) for t in self.texts(IN)]
        self.assertNotEqual(order, sorted(order), "no trade came late")
        expected = self.expected_so_far()
        self.assertGreater(len(expected), 20)
        wait_until(lambda: len(self.texts(OUT)) >= len(expected) or not runtime.running(), "the windows")
        self.assertEqual(sorted(self.texts(OUT)), sorted(expected), runtime.output())
        self.assertEqual(runtime.stop(signal.SIGINT), 0, runtime.output())
        self.assertEqual(sorted(self.texts(OUT)), sorted(expected), "stopping closed windows early")

    def test_the_job_that_ships(self):
        for name in ("stocktrading-ingest-stream", "stocktrading-output-stream"):
            self.kinesis.create_stream(StreamName=name, ShardCount=1)
            wait_active(self.kinesis, name)
        self.succeed(
            self.start(
                *("millrace-generator", "trades", "--count", "2000", "--rate", "2000", "--seed", "21"),
                *("--start", "2026-01-05T09:30:00", "--time-scale", "600"),
            )
        )
        groups = json.loads((ROOT / "jobs/application_properties.json").read_text())
        groups[0]["PropertyMap"]["source.init.position"] = "TRIM_HORIZON"  # shipped: LATEST
        properties = temporary_directory(self) / "properties.json"
        properties.write_text(json.dumps(groups))
        runtime = self.start(
            "millrace-runtime", "run", ROOT / "jobs/stock_trading.sql", "--properties", properties, "--drain"
        )
        self.succeed(runtime)
        trades = [json.loads(t) for t in self.texts("stocktrading-ingest-stream")]
        rows = [json.loads(t) for t in windows(trades, 90, 60)]
        expected = [
            json.dumps(
                {k: row[k] for k in ("ticker", "window_start", "window_end")} | {"max_price": row["high"]},
                separators=(",", ":"),
            )
            for row in rows
        ]
        self.assertGreater(len(expected), 20)
        self.assertEqual(sorted(self.texts("stocktrading-output-stream")), sorted(expected))

    def test_check_and_explain(self):
        shipped = [ROOT / "jobs/stock_trading_text.sql", "--properties", ROOT / "jobs/application_properties.json"]
        self.succeed(self.start("millrace-runtime", "check", *shipped))
        explained = self.start("millrace-runtime", "explain", *shipped)
        self.succeed(explained)
        self.assertIn("trades", explained.output())
        broken = temporary_directory(self) / "broken.sql"
        broken.write_text(
            "CREATE TABLE s (a INT) WITH ('connector' = 'filesystem', 'path' = '/x', 'format' = 'json');\n"
            "CREATE TABLE t (a INT) WITH ('connector' = 'print');\nINSERT INTO t\nSELECT b FROM s;\n"
        )
        refused = self.start("millrace-runtime", "check", broken)
        self.assertEqual(refused.wait_exit(), 2, refused.output())
        self.assertIn("broken.sql:4:8: ", refused.output())
        self.assertIn("'b'", refused.output())
        missing = self.start("millrace-runtime", "check", shipped[0])
        self.assertEqual(missing.wait_exit(), 2, missing.output())
        self.assertIn("InputStream0", missing.output())

    def test_the_emulator_restarts_in_the_middle_and_the_others_carry_on(self):
        self.streams(shards=1)
        options = ["--count", "6000", "--rate", "1000", "--seed", "9"]
        options += ["--start", "2026-01-05T09:30:00", "--time-scale", "100"]
        reference = subprocess.run(
            [BIN / "millrace-generator", "trades", "--stdout", *options],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S * 2,
        )
        self.assertEqual(reference.returncode, 0, reference.stderr)
        wanted = reference.stdout.splitlines()
        self.assertEqual(len(wanted), 6000)

        runtime = self.start("millrace-runtime", "run", job_file(self))
        generator = self.generate(*options)
        for kill, enough in ((False, 1000), (True, 3000)):
            wait_until(lambda: len(self.texts(IN)) >= enough, f"{enough} trades")
            self.assertTrue(generator.running(), generator.output())
            self.emulator.restart(kill=kill)
            self.kinesis = self.emulator.client()
        self.succeed(generator)

        texts = self.texts(IN)
        # A put whose reply was lost may be there twice; nothing may be missing or out of order.
        self.assertEqual(list(dict.fromkeys(texts)), wanted)
        self.assertLess(len(texts) - len(wanted), 1100, "whole batches again and again")
        expected = self.expected_so_far()
        self.assertGreater(len(expected), 20)
        wait_until(lambda: set(self.texts(OUT)) >= expected or not runtime.running(), "the windows")
        self.assertEqual(set(self.texts(OUT)), expected, runtime.output())
        self.assertTrue(runtime.running(), runtime.output())
        self.assertEqual(runtime.stop(signal.SIGINT), 0, runtime.output())


if __name__ == "__main__":
    unittest.main()
