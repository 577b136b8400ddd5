import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.testcontainers.containers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/** The LocalStack module of testcontainers-java starts our image as it would LocalStack's. */
public final class LocalStackModule {
  private static HttpResponse<String> call(LocalStackContainer container, String operation, String body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(container.getEndpoint())
            .header("Content-Type", "application/x-amz-json-1.1")
            .header("X-Amz-Target", "Kinesis_20131202." + operation)
            .header("X-Amz-Date", "20261122T000000Z")
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=" + container.getAccessKey() + "/20261122/"
                    + container.getRegion() + "/kinesis/aws4_request, SignedHeaders=host, Signature=0")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static void check(boolean good, Object what) {
    if (!good) throw new AssertionError(what);
  }

  public static void main(String[] arguments) throws Exception {
    var image = DockerImageName.parse(arguments[0]).asCompatibleSubstituteFor("localstack/localstack");
    var began = System.nanoTime();
    try (var container = new LocalStackContainer(image).withServices(LocalStackContainer.Service.KINESIS)) {
      container.start();
      var took = (System.nanoTime() - began) / 1e9;
      var health =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(container.getEndpoint() + "/_localstack/health")).build(),
                  HttpResponse.BodyHandlers.ofString());
      check(health.body().contains("\"kinesis\":\"running\""), health.body());
      var made = call(container, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":1}");
      check(made.statusCode() == 200, made.body());
      var listed = call(container, "ListStreams", "{}");
      check(listed.body().contains("\"s\""), listed.body());
      System.out.printf(
          "testcontainers-java, LocalStack module: started in %.1f s, a stream made and listed%n", took);
    }
  }
}
