// The AWS SDK for JavaScript, version 3, with its default handler (HTTP/2); see ../README.md.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  CreateStreamCommand, DeleteStreamCommand, DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand, GetRecordsCommand, GetShardIteratorCommand, KinesisClient,
  ListShardsCommand, PutRecordCommand, PutRecordsCommand, RegisterStreamConsumerCommand,
  SplitShardCommand, SubscribeToShardCommand, waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";

const stream = process.env.MILLRACE_STREAM;
const kinesis = new KinesisClient({
  endpoint: process.env.MILLRACE_ENDPOINT, region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const active = () => waitUntilStreamExists(
  { client: kinesis, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { StreamName: stream });

let sent = 0;
async function put(count) {
  for (const until = sent + count; sent < until; sent += 50) {
    const Records = Array.from({ length: 50 }, (_, i) => ({
      Data: Buffer.from(String(sent + i)), PartitionKey: `key-${(sent + i) % 10}`,
    }));
    const answer = await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records }));
    assert.equal(answer.FailedRecordCount, 0);
  }
}

await kinesis.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 2 }));
await active();
await kinesis.send(new PutRecordCommand({
  StreamName: stream, Data: Buffer.from("first"), PartitionKey: "single",
}));
await put(200);
await assert.rejects(
  kinesis.send(new DescribeStreamSummaryCommand({ StreamName: "no-such-stream" })),
  (error) => error.name === "ResourceNotFoundException" &&
    error.message === "Stream no-such-stream under account 000000000000 not found.");

const parent = (await kinesis.send(new ListShardsCommand({ StreamName: stream }))).Shards[0];
const middle = BigInt(parent.HashKeyRange.EndingHashKey) / 2n;
await Promise.all([put(200), kinesis.send(new SplitShardCommand({
  StreamName: stream, ShardToSplit: parent.ShardId, NewStartingHashKey: String(middle),
}))]);
await active();
await put(100);

const { Shards: shards } = await kinesis.send(new ListShardsCommand({ StreamName: stream }));
assert.equal(shards.length, 4);
const pending = [...shards];
const last = new Map();
let found = 0;
while (pending.length > 0) {
  // A child is read when its parents have been read to their ends.
  const at = pending.findIndex((s) => !pending.some((p) => p.ShardId === s.ParentShardId));
  const [shard] = pending.splice(at, 1);
  let { ShardIterator: iterator } = await kinesis.send(new GetShardIteratorCommand({
    StreamName: stream, ShardId: shard.ShardId, ShardIteratorType: "TRIM_HORIZON",
  }));
  while (iterator) {
    const page = await kinesis.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 100 }));
    for (const record of page.Records) {
      found += 1;
      assert.ok(Math.abs(record.ApproximateArrivalTimestamp - Date.now()) < 600_000);
      if (record.PartitionKey === "single") continue;
      const number = Number(Buffer.from(record.Data).toString());
      assert.ok((last.get(record.PartitionKey) ?? -1) < number, "out of order");
      last.set(record.PartitionKey, number);
    }
    iterator = page.NextShardIterator;
    if (!iterator) assert.ok(page.ChildShards.length > 0);
    else if (page.MillisBehindLatest === 0 && page.Records.length === 0) break;
  }
}
assert.equal(found, sent + 1);

const { StreamDescriptionSummary: summary } =
  await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: stream }));
const { Consumer: consumer } = await kinesis.send(new RegisterStreamConsumerCommand({
  StreamARN: summary.StreamARN, ConsumerName: "fan-out",
}));
for (;;) {
  const { ConsumerDescription: now } = await kinesis.send(
    new DescribeStreamConsumerCommand({ ConsumerARN: consumer.ConsumerARN }));
  if (now.ConsumerStatus === "ACTIVE") break;
  await pause(100);
}
let pushed = 0;
for (const shard of shards) {
  const { EventStream: events } = await kinesis.send(new SubscribeToShardCommand({
    ConsumerARN: consumer.ConsumerARN, ShardId: shard.ShardId,
    StartingPosition: { Type: "TRIM_HORIZON" },
  }));
  for await (const { SubscribeToShardEvent: event } of events) {
    pushed += event.Records.length;
    if (event.ChildShards?.length || event.MillisBehindLatest === 0) break;
  }
}
assert.equal(pushed, found);
await kinesis.send(new DeleteStreamCommand({ StreamName: stream, EnforceConsumerDeletion: true }));
const require = createRequire(import.meta.url);
const { version } = JSON.parse(
  readFileSync(require.resolve("@aws-sdk/client-kinesis/package.json")));
console.log(JSON.stringify({ version, records: found, pushed }));
process.exit(0); // an open subscription holds its connection
