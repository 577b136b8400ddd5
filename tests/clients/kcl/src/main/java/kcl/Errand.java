// The Kinesis Client Library with two workers, while a shard is split and two are merged and records are put;
// see ../README.md. The argument says how: polling, fan-out, or kpl, where the Kinesis Producer Library puts
// aggregated records over TLS and the KCL takes them apart again.
package kcl;

import java.io.InputStream;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;
import software.amazon.kinesis.common.KinesisClientUtil;

public final class Errand {
  static final URI ENDPOINT = URI.create(System.getenv("MILLRACE_ENDPOINT"));
  static final String STREAM = System.getenv("MILLRACE_STREAM");
  static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
  private static final long PATIENCE_MS = 120_000;

  private final KinesisAsyncClient kinesis = KinesisClientUtil.createKinesisAsyncClient(
      KinesisAsyncClient.builder().endpointOverride(ENDPOINT).region(Region.US_EAST_1)
          .credentialsProvider(CREDENTIALS));

  static void check(boolean good, String what) {
    if (!good) throw new AssertionError(what);
  }

  private static void await(String what, BooleanSupplier until) throws InterruptedException {
    long end = System.currentTimeMillis() + PATIENCE_MS;
    while (!until.getAsBoolean()) {
      check(System.currentTimeMillis() < end, "not within " + PATIENCE_MS + " ms: " + what);
      Thread.sleep(50);
    }
  }

  private void awaitActive() throws InterruptedException {
    await("the stream is ACTIVE", () -> kinesis.describeStreamSummary(r -> r.streamName(STREAM)).join()
        .streamDescriptionSummary().streamStatus() == StreamStatus.ACTIVE);
  }

  private List<Shard> shards() {
    return kinesis.listShards(r -> r.streamName(STREAM)).join().shards();
  }

  // Those that still take records, by their place in the hash range.
  private List<Shard> open() {
    return shards().stream()
        .filter(s -> s.sequenceNumberRange().endingSequenceNumber() == null)
        .sorted(Comparator.comparing(s -> new BigInteger(s.hashKeyRange().startingHashKey())))
        .toList();
  }

  private void awaitChildren(Ledger ledger, String what) throws InterruptedException {
    awaitActive();
    await(what, () -> shards().stream().allMatch(s -> ledger.hasBegun(s.shardId())
        && (s.sequenceNumberRange().endingSequenceNumber() == null || ledger.hasEnded(s.shardId()))));
  }

  private void errors() {
    try {
      kinesis.describeStreamSummary(r -> r.streamName("no-such-stream")).join();
      check(false, "an unknown stream was described");
    } catch (CompletionException failed) {
      check(failed.getCause() instanceof ResourceNotFoundException missing
          && missing.awsErrorDetails().errorMessage()
              .equals("Stream no-such-stream under account 000000000000 not found."), failed.toString());
    }
  }

  private void run(String mode) throws Exception {
    boolean kpl = mode.equals("kpl");
    kinesis.createStream(r -> r.streamName(STREAM).shardCount(2)).join();
    awaitActive();
    errors();
    var ledger = new Ledger(!kpl);
    var workers = new ArrayList<Worker>();
    try (Load load = kpl ? new ProducerLoad() : new PutLoad(kinesis)) {
      workers.add(new Worker("worker-1", STREAM, mode.equals("fan-out"), kinesis, CREDENTIALS, ledger));
      await("the first worker has set up its table", workers.get(0)::hasSetUp);
      workers.add(new Worker("worker-2", STREAM, mode.equals("fan-out"), kinesis, CREDENTIALS, ledger));
      await("the first records", () -> ledger.distinct() > 200);
      await("a share for both workers", () -> ledger.workers() == 2);
      Shard first = open().get(0);
      var middle = new BigInteger(first.hashKeyRange().endingHashKey()).divide(BigInteger.TWO);
      kinesis.splitShard(r -> r.streamName(STREAM).shardToSplit(first.shardId())
          .newStartingHashKey(middle.toString())).join();
      awaitChildren(ledger, "the children of the split are read");
      var pair = open();
      kinesis.mergeShards(r -> r.streamName(STREAM).shardToMerge(pair.get(1).shardId())
          .adjacentShardToMerge(pair.get(2).shardId())).join();
      awaitChildren(ledger, "the child of the merge is read");
      int sent = load.stop();
      await("all " + sent + " records, of which there are", () -> ledger.distinct() >= sent);
      for (var worker : workers) worker.stop();
      check(ledger.distinct() == sent, ledger.distinct() + " of " + sent + " records");
      var faults = ledger.faults(shards());
      check(faults.isEmpty(), String.join("\n", faults));
      check(shards().size() == 5, shards().size() + " shards");
      check(!kpl || ledger.aggregated() > sent / 2, ledger.aggregated() + " records came aggregated");
      kinesis.deleteStream(r -> r.streamName(STREAM).enforceConsumerDeletion(true)).join();
      System.out.printf("{\"version\": \"%s\", \"records\": %d, \"repeats\": %d, \"aggregated\": %d}%n",
          version(kpl ? "amazon-kinesis-producer" : "amazon-kinesis-client"), sent, ledger.repeats(),
          ledger.aggregated());
    }
  }

  private static String version(String artifact) throws Exception {
    var properties = new Properties();
    try (InputStream in = Errand.class.getResourceAsStream(
        "/META-INF/maven/software.amazon.kinesis/" + artifact + "/pom.properties")) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }

  public static void main(String[] arguments) {
    try {
      new Errand().run(arguments[0]);
    } catch (Throwable failed) {
      failed.printStackTrace();
      System.exit(1);
    }
    System.exit(0);  // the libraries leave threads behind
  }
}
