// The AWS SDK for Java, version 2, on the errand that every client runs; see ../README.md. The
// synchronous client does everything but the subscription, the asynchronous one everything.
package errand;

import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.util.VersionInfo;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.*;

public final class Errand {
  private static final String STREAM = System.getenv("MILLRACE_STREAM");

  // The calls of the errand, over either client.
  private interface Calls {
    void createStream(CreateStreamRequest request);
    void putRecord(PutRecordRequest request);
    PutRecordsResponse putRecords(PutRecordsRequest request);
    DescribeStreamSummaryResponse describe(DescribeStreamSummaryRequest request);
    ListShardsResponse listShards(ListShardsRequest request);
    GetShardIteratorResponse iterator(GetShardIteratorRequest request);
    GetRecordsResponse records(GetRecordsRequest request);
    CompletableFuture<?> split(SplitShardRequest request);
    void delete(DeleteStreamRequest request);
  }

  private record Sync(KinesisClient client) implements Calls {
    public void createStream(CreateStreamRequest r) { client.createStream(r); }
    public void putRecord(PutRecordRequest r) { client.putRecord(r); }
    public PutRecordsResponse putRecords(PutRecordsRequest r) { return client.putRecords(r); }
    public DescribeStreamSummaryResponse describe(DescribeStreamSummaryRequest r) {
      return client.describeStreamSummary(r);
    }
    public ListShardsResponse listShards(ListShardsRequest r) { return client.listShards(r); }
    public GetShardIteratorResponse iterator(GetShardIteratorRequest r) {
      return client.getShardIterator(r);
    }
    public GetRecordsResponse records(GetRecordsRequest r) { return client.getRecords(r); }
    public CompletableFuture<?> split(SplitShardRequest r) {
      return CompletableFuture.runAsync(() -> client.splitShard(r));
    }
    public void delete(DeleteStreamRequest r) { client.deleteStream(r); }
  }

  private record Async(KinesisAsyncClient client) implements Calls {
    private static <T> T wait(CompletableFuture<T> future) {
      try {
        return future.join();
      } catch (CompletionException failed) {
        throw (RuntimeException) failed.getCause();
      }
    }
    public void createStream(CreateStreamRequest r) { wait(client.createStream(r)); }
    public void putRecord(PutRecordRequest r) { wait(client.putRecord(r)); }
    public PutRecordsResponse putRecords(PutRecordsRequest r) { return wait(client.putRecords(r)); }
    public DescribeStreamSummaryResponse describe(DescribeStreamSummaryRequest r) {
      return wait(client.describeStreamSummary(r));
    }
    public ListShardsResponse listShards(ListShardsRequest r) { return wait(client.listShards(r)); }
    public GetShardIteratorResponse iterator(GetShardIteratorRequest r) {
      return wait(client.getShardIterator(r));
    }
    public GetRecordsResponse records(GetRecordsRequest r) { return wait(client.getRecords(r)); }
    public CompletableFuture<?> split(SplitShardRequest r) { return client.splitShard(r); }
    public void delete(DeleteStreamRequest r) { wait(client.deleteStream(r)); }
  }

  private final Calls calls;
  private int sent = 0;

  private Errand(Calls calls) {
    this.calls = calls;
  }

  private static void check(boolean good, String what) {
    if (!good) throw new AssertionError(what);
  }

  private StreamDescriptionSummary describe() {
    return calls.describe(DescribeStreamSummaryRequest.builder().streamName(STREAM).build())
        .streamDescriptionSummary();
  }

  private void waitActive() throws InterruptedException {
    for (int i = 0; i < 300; ++i) {
      if (describe().streamStatus() == StreamStatus.ACTIVE) return;
      Thread.sleep(100);
    }
    check(false, "the stream does not become ACTIVE");
  }

  private void put(int count) {
    for (int until = sent + count; sent < until; sent += 50) {
      List<PutRecordsRequestEntry> entries = new ArrayList<>();
      for (int i = sent; i < sent + 50; ++i) {
        entries.add(PutRecordsRequestEntry.builder()
            .data(SdkBytes.fromUtf8String(Integer.toString(i))).partitionKey("key-" + i % 10).build());
      }
      var answer = calls.putRecords(
          PutRecordsRequest.builder().streamName(STREAM).records(entries).build());
      check(answer.failedRecordCount() == 0, "records failed");
    }
  }

  private List<Shard> shards() {
    return calls.listShards(ListShardsRequest.builder().streamName(STREAM).build()).shards();
  }

  private int readAll(List<Shard> shards) {
    List<Shard> pending = new ArrayList<>(shards);
    Map<String, Integer> last = new HashMap<>();
    int found = 0;
    while (!pending.isEmpty()) {
      // A child is read when its parents have been read to their ends.
      Shard shard = pending.stream()
          .filter(one -> pending.stream().noneMatch(p -> p.shardId().equals(one.parentShardId())))
          .findFirst().orElseThrow();
      pending.remove(shard);
      String iterator = calls.iterator(GetShardIteratorRequest.builder().streamName(STREAM)
          .shardId(shard.shardId()).shardIteratorType(ShardIteratorType.TRIM_HORIZON).build())
          .shardIterator();
      while (iterator != null) {
        var page = calls.records(
            GetRecordsRequest.builder().shardIterator(iterator).limit(100).build());
        for (var record : page.records()) {
          ++found;
          var age = Duration.between(record.approximateArrivalTimestamp(), Instant.now()).abs();
          check(age.toMinutes() < 10, "arrival time " + record.approximateArrivalTimestamp());
          if (record.partitionKey().equals("single")) continue;
          int number = Integer.parseInt(record.data().asUtf8String());
          Integer before = last.put(record.partitionKey(), number);
          check(before == null || before < number, "out of order");
        }
        iterator = page.nextShardIterator();
        if (iterator == null) {
          check(!page.childShards().isEmpty(), "no children at the end of a shard");
        } else if (page.millisBehindLatest() == 0 && page.records().isEmpty()) {
          break;
        }
      }
    }
    return found;
  }

  private int run() throws Exception {
    calls.createStream(CreateStreamRequest.builder().streamName(STREAM).shardCount(2).build());
    waitActive();
    calls.putRecord(PutRecordRequest.builder().streamName(STREAM)
        .data(SdkBytes.fromUtf8String("first")).partitionKey("single").build());
    put(200);
    try {
      calls.describe(DescribeStreamSummaryRequest.builder().streamName("no-such-stream").build());
      check(false, "an unknown stream was described");
    } catch (ResourceNotFoundException missing) {
      check(missing.awsErrorDetails().errorMessage()
          .equals("Stream no-such-stream under account 000000000000 not found."), missing.getMessage());
    }
    Shard parent = shards().get(0);
    var middle = new BigInteger(parent.hashKeyRange().endingHashKey()).divide(BigInteger.TWO);
    var split = calls.split(SplitShardRequest.builder().streamName(STREAM)
        .shardToSplit(parent.shardId()).newStartingHashKey(middle.toString()).build());
    put(200);
    split.join();
    waitActive();
    put(100);
    var shards = shards();
    check(shards.size() == 4, "not four shards");
    int found = readAll(shards);
    check(found == sent + 1, found + " of " + (sent + 1) + " records");
    return found;
  }

  private int subscribe(KinesisAsyncClient client) throws Exception {
    var consumer = client.registerStreamConsumer(RegisterStreamConsumerRequest.builder()
        .streamARN(describe().streamARN()).consumerName("fan-out").build()).join().consumer();
    while (client.describeStreamConsumer(DescribeStreamConsumerRequest.builder()
        .consumerARN(consumer.consumerARN()).build()).join().consumerDescription().consumerStatus()
        != ConsumerStatus.ACTIVE) {
      Thread.sleep(100);
    }
    var pushed = new AtomicInteger();
    for (var shard : shards()) {
      var request = SubscribeToShardRequest.builder().consumerARN(consumer.consumerARN())
          .shardId(shard.shardId())
          .startingPosition(StartingPosition.builder().type(ShardIteratorType.TRIM_HORIZON).build())
          .build();
      var handler = SubscribeToShardResponseHandler.builder()
          .onEventStream(events -> events
              .filter(SubscribeToShardEvent.class)
              .subscribe(new OneRound(pushed)))
          .build();
      OneRound.done = new CompletableFuture<>();
      client.subscribeToShard(request, handler);
      OneRound.done.get(30, java.util.concurrent.TimeUnit.SECONDS);
    }
    return pushed.get();
  }

  // Counts records until the shard is read up to its end, then cancels.
  private static final class OneRound implements org.reactivestreams.Subscriber<SubscribeToShardEvent> {
    static CompletableFuture<Void> done;
    private final AtomicInteger pushed;
    private org.reactivestreams.Subscription subscription;

    OneRound(AtomicInteger pushed) {
      this.pushed = pushed;
    }
    @Override public void onSubscribe(org.reactivestreams.Subscription s) {
      subscription = s;
      s.request(1);
    }
    @Override public void onNext(SubscribeToShardEvent event) {
      pushed.addAndGet(event.records().size());
      if (event.hasChildShards() || event.millisBehindLatest() == 0) {
        subscription.cancel();
        done.complete(null);
      } else {
        subscription.request(1);
      }
    }
    @Override public void onError(Throwable failed) {
      done.completeExceptionally(failed);
    }
    @Override public void onComplete() {
      done.complete(null);
    }
  }

  public static void main(String[] arguments) throws Exception {
    var endpoint = URI.create(System.getenv("MILLRACE_ENDPOINT"));
    var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
    int found;
    Integer pushed = null;
    if (arguments[0].equals("sync")) {
      try (var client = KinesisClient.builder().endpointOverride(endpoint).region(Region.US_EAST_1)
          .credentialsProvider(credentials).build()) {
        var errand = new Errand(new Sync(client));
        found = errand.run();
        errand.calls.delete(DeleteStreamRequest.builder().streamName(STREAM).build());
      }
    } else {
      try (var client = KinesisAsyncClient.builder().endpointOverride(endpoint)
          .region(Region.US_EAST_1).credentialsProvider(credentials).build()) {
        var errand = new Errand(new Async(client));
        found = errand.run();
        pushed = errand.subscribe(client);
        check(pushed == found, pushed + " of " + found + " records pushed");
        errand.calls.delete(DeleteStreamRequest.builder().streamName(STREAM)
            .enforceConsumerDeletion(true).build());
      }
    }
    System.out.printf("{\"version\": \"%s\", \"records\": %d%s}%n", VersionInfo.SDK_VERSION, found,
        pushed == null ? "" : ", \"pushed\": " + pushed);
    System.exit(0);
  }
}
