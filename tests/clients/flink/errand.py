"""Apache Flink reads a stream and writes another while a shard is split and two are merged; see ../README.md.

The first argument says how it reads: POLLING or EFO. Its job takes rows over one by one, with the shard each
came from. Every row that was put must be in the second stream, exactly once, and rows of all five shards.
"""
import json
import os
import pathlib
import sys
import tempfile
import threading
import time

from engine import Flink, Streams, credentials, version_of, wait

KEYS = 20


class Load:
    """Puts a row of each key, numbered, every 20 ms, until it is stopped."""

    def __init__(self, streams, name):
        self.streams, self.name = streams, name
        self.rounds = 0
        self.stopping = threading.Event()
        self.failed = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        try:
            while not self.stopping.wait(0.02):
                self.streams.put(self.name, [
                    (f"key-{k}", json.dumps({"k": f"key-{k}", "n": self.rounds}).encode()) for k in range(KEYS)])
                self.rounds += 1
        except BaseException as why:
            self.failed = why

    def stop(self):
        self.stopping.set()
        self.thread.join()
        if self.failed:
            raise self.failed
        return {(f"key-{k}", n) for k in range(KEYS) for n in range(self.rounds)}


def script(endpoint, publisher, source, target):
    fan_out = ", 'scan.stream.efo.consumername' = 'flink'" if publisher == "EFO" else ""
    return f"""
CREATE TABLE source (k STRING, n BIGINT, shard STRING METADATA FROM 'shard-id' VIRTUAL) WITH (
  {credentials(endpoint)}, 'stream' = '{source}', 'scan.stream.initpos' = 'TRIM_HORIZON',
  'scan.stream.recordpublisher' = '{publisher}'{fan_out}, 'scan.shard.discovery.intervalmillis' = '500',
  'format' = 'json');
CREATE TABLE target (k STRING, n BIGINT, shard STRING) PARTITIONED BY (k) WITH (
  {credentials(endpoint)}, 'stream' = '{target}', 'sink.flush-buffer.timeout' = '100', 'format' = 'json');
INSERT INTO target SELECT k, n, shard FROM source;
"""


def main():
    publisher, jars = sys.argv[1:]
    endpoint, source = os.environ["MILLRACE_ENDPOINT"], os.environ["MILLRACE_STREAM"]
    target = source + "-out"
    streams = Streams()
    streams.create(source, 2)
    streams.create(target)
    with tempfile.TemporaryDirectory() as folder:
        scripts = [pathlib.Path(folder) / name for name in ("no-source.sql", "no-target.sql", "job.sql")]
        scripts[0].write_text(script(endpoint, publisher, "no-such-stream", target))
        scripts[1].write_text(script(endpoint, publisher, source, "no-such-stream"))
        scripts[2].write_text(script(endpoint, publisher, source, target))
        load = Load(streams, source)
        flink = Flink(jars, scripts)
        try:
            for _ in scripts[:2]:
                flink.said("running")
                fault = flink.said("failed")
                assert "Stream no-such-stream under account 000000000000 not found." in fault, fault
            flink.said("running")
            rows = follow(streams, source, target, load)
            flink.cancel()
        finally:
            flink.stop()
    print(json.dumps({"version": version_of(jars), "records": rows, "own_calls": streams.calls}))


def follow(streams, source, target, load):
    reader = streams.reader(target)

    def rows_from(*shards):
        reader.more()
        return {json.loads(r["Data"])["shard"] for r in reader.records} >= set(shards)

    wait("rows of both shards", lambda: rows_from(*(s["ShardId"] for s in streams.open_shards(source))))
    parent = streams.open_shards(source)[0]
    streams.kinesis.split_shard(
        StreamName=source, ShardToSplit=parent["ShardId"],
        NewStartingHashKey=str(int(parent["HashKeyRange"]["EndingHashKey"]) // 2))
    streams.wait_active(source)
    wait("rows of the split's children", lambda: rows_from(*(s["ShardId"] for s in streams.open_shards(source))))
    pair = streams.open_shards(source)[1:]
    streams.kinesis.merge_shards(
        StreamName=source, ShardToMerge=pair[0]["ShardId"], AdjacentShardToMerge=pair[1]["ShardId"])
    streams.wait_active(source)
    wait("rows of the merge's child", lambda: rows_from(*(s["ShardId"] for s in streams.open_shards(source))))
    sent = load.stop()

    def complete():
        reader.more()
        return len(reader.records) >= len(sent)

    wait(f"all {len(sent)} rows", complete)
    time.sleep(1)  # what comes twice would come now
    reader.more()
    got = [(row["k"], row["n"]) for row in map(json.loads, (r["Data"] for r in reader.records))]
    assert set(got) == sent, f"{len(sent - set(got))} rows are missing, {len(set(got) - sent)} were never put"
    assert len(got) == len(sent), f"{len(got) - len(sent)} rows came twice"
    assert len(streams.shards(source)) == 5
    return len(got)


if __name__ == "__main__":
    main()
