// The Kinesis Producer Library: its native daemon speaks TLS, checks the certificate against the emulator's
// authority as fetched from it, and packs many records of a shard into one.
package kcl;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.UserRecordResult;

final class ProducerLoad implements Load {
  private final Path folder = Path.of(System.getenv("MILLRACE_FOLDER"), "kpl");  // goes with the run
  private final KinesisProducer producer;
  private final Thread thread = new Thread(this::put, "load");
  private final List<Future<UserRecordResult>> results = new ArrayList<>();
  private volatile boolean stopping = false;
  private volatile Throwable failed;

  ProducerLoad() throws Exception {
    Files.createDirectories(folder);
    URI authority = Errand.ENDPOINT.resolve("/_millrace/ca.pem");
    Path file = folder.resolve("millrace-ca.pem");
    HttpClient.newHttpClient().send(HttpRequest.newBuilder(authority).build(),
        HttpResponse.BodyHandlers.ofFile(file));
    int port = Errand.ENDPOINT.getPort();
    producer = new KinesisProducer(new KinesisProducerConfiguration()
        .setRegion("us-east-1")
        .setCredentialsProvider(Errand.CREDENTIALS)
        .setKinesisEndpoint("localhost").setKinesisPort(port)
        .setStsEndpoint("localhost").setStsPort(port)
        .setCloudwatchEndpoint("localhost").setCloudwatchPort(port)
        .setMetricsLevel("none")
        .setVerifyCertificate(true)
        .setCaCertFile(file.toString())
        .setTempDirectory(folder.toString())
        .setAggregationEnabled(true)
        .setRecordMaxBufferedTime(100));
    thread.setDaemon(true);
    thread.start();
  }

  private void put() {
    try {
      for (int round = 0; !stopping; round++) {
        for (int key = 0; key < KEYS; key++) {
          var data = ("key-" + key + ":" + round).getBytes(StandardCharsets.UTF_8);
          results.add(producer.addUserRecord(Errand.STREAM, "key-" + key, ByteBuffer.wrap(data)));
        }
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
    producer.flushSync();
    for (var result : results) Errand.check(result.get().isSuccessful(), "a record was not taken");
    return results.size();
  }

  @Override public void close() {
    stopping = true;
    producer.destroy();
  }
}
