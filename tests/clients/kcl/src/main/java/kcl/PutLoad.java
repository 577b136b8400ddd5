// PutRecords, one record of each key at a time, and the next when these are taken: so each key is in order.
package kcl;

import java.util.stream.IntStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

final class PutLoad implements Load {
  private final KinesisAsyncClient kinesis;
  private final Thread thread = new Thread(this::put, "load");
  private volatile boolean stopping = false;
  private volatile Throwable failed;
  private int rounds = 0;

  PutLoad(KinesisAsyncClient kinesis) {
    this.kinesis = kinesis;
    thread.setDaemon(true);
    thread.start();
  }

  private void put() {
    try {
      while (!stopping) {
        var entries = IntStream.range(0, KEYS).mapToObj(key -> PutRecordsRequestEntry.builder()
            .partitionKey("key-" + key)
            .data(SdkBytes.fromUtf8String("key-" + key + ":" + rounds)).build()).toList();
        var answer = kinesis.putRecords(r -> r.streamName(Errand.STREAM).records(entries)).join();
        Errand.check(answer.failedRecordCount() == 0, "records failed");
        rounds++;
        Thread.sleep(PAUSE_MS);
      }
    } catch (Throwable why) {
      failed = why;
    }
  }

  @Override public int stop() throws Exception {
    stopping = true;
    thread.join();
    if (failed != null) throw new AssertionError("the load failed", failed);
    return rounds * KEYS;
  }

  @Override public void close() {
    stopping = true;
  }
}
