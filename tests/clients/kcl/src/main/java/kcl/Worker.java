// One worker of the KCL, set up as its documentation has it, with shorter intervals than a real one.
package kcl;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.fanout.FanOutConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

final class Worker {
  private static final String LEASES = "errand-leases";
  private final DynamoDbAsyncClient dynamo;
  private final Scheduler scheduler;
  private final Thread thread;

  Worker(String name, String stream, boolean fanOut, KinesisAsyncClient kinesis,
      AwsCredentialsProvider credentials, Ledger ledger) {
    dynamo = DynamoDbAsyncClient.builder()
        .endpointOverride(URI.create(System.getenv("MILLRACE_DYNAMODB")))
        .region(Region.US_EAST_1).credentialsProvider(credentials).build();
    // Never called: there are no metrics.
    var cloudWatch = CloudWatchAsyncClient.builder().endpointOverride(URI.create("http://127.0.0.1:9"))
        .region(Region.US_EAST_1).credentialsProvider(credentials).build();
    var tracker = new SingleStreamTracker(stream,
        InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON));
    var configs = new ConfigsBuilder(tracker, LEASES, kinesis, dynamo, cloudWatch, name,
        () -> new Processor(name, ledger));
    var leases = configs.leaseManagementConfig()
        .failoverTimeMillis(4000)
        .shardSyncIntervalMillis(1000)
        .leaseAssignmentIntervalMillis(1000L)
        .listShardsCacheAllowedAgeInSeconds(1);
    leases.workerUtilizationAwareAssignmentConfig()
        .disableWorkerMetrics(true)
        .workerMetricsReporterFreqInMillis(1000);
    leases.gracefulLeaseHandoffConfig().isGracefulLeaseHandoffEnabled(false);
    var retrieval = configs.retrievalConfig();
    if (fanOut) {
      retrieval.retrievalSpecificConfig(
          new FanOutConfig(kinesis).streamName(stream).applicationName("errand"));
    } else {
      retrieval.retrievalSpecificConfig(new PollingConfig(stream, kinesis)
          .maxRecords(500).idleTimeBetweenReadsInMillis(250).usePollingConfigIdleTimeValue(true));
    }
    scheduler = new Scheduler(configs.checkpointConfig(),
        configs.coordinatorConfig()
            .parentShardPollIntervalMillis(500)
            .shardConsumerDispatchPollIntervalMillis(100),
        leases, configs.lifecycleConfig(),
        configs.metricsConfig().metricsFactory(new NullMetricsFactory()),
        configs.processorConfig(), retrieval);
    thread = new Thread(scheduler, name);
    thread.setDaemon(true);
    thread.start();
  }

  // It has made the table of leases, its index and the row that says how leases are shared out. Two workers
  // that make these at once are in each other's way, and one does not start.
  boolean hasSetUp() {
    try {
      return dynamo.describeTable(r -> r.tableName(LEASES)).join().table().hasGlobalSecondaryIndexes()
          && dynamo.scan(r -> r.tableName(LEASES)).join().items().stream()
          .anyMatch(item -> item.toString().contains("Migration3.0"));
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof ResourceNotFoundException) return false;
      throw failed;
    }
  }

  void stop() throws Exception {
    scheduler.startGracefulShutdown().get(30, TimeUnit.SECONDS);
    thread.join(10_000);
  }

  private static final class Processor implements ShardRecordProcessor {
    private final String worker;
    private final Ledger ledger;
    private String shard;
    private int sinceCheckpoint = 0;

    Processor(String worker, Ledger ledger) {
      this.worker = worker;
      this.ledger = ledger;
    }

    @Override public void initialize(InitializationInput input) {
      shard = input.shardId();
      ledger.begun(shard);
    }

    @Override public void processRecords(ProcessRecordsInput input) {
      for (var record : input.records()) {
        ledger.delivered(worker, StandardCharsets.UTF_8.decode(record.data()).toString(),
            record.aggregated());
      }
      sinceCheckpoint += input.records().size();
      if (sinceCheckpoint < 200) return;
      sinceCheckpoint = 0;
      checkpoint(input.checkpointer());
    }

    @Override public void leaseLost(LeaseLostInput input) {}

    @Override public void shardEnded(ShardEndedInput input) {
      ledger.ended(shard);
      checkpoint(input.checkpointer());
    }

    @Override public void shutdownRequested(ShutdownRequestedInput input) {
      checkpoint(input.checkpointer());
    }

    private void checkpoint(RecordProcessorCheckpointer checkpointer) {
      try {
        checkpointer.checkpoint();
      } catch (ShutdownException moved) {
        // Another worker has the lease now, and reads on from the last checkpoint.
      } catch (InvalidStateException broken) {
        ledger.fault("checkpoint of " + shard + ": " + broken);
      }
    }
  }
}
