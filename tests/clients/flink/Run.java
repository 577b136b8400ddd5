// Runs SQL scripts on Apache Flink, one after another, in one JVM.
//
// Usage: java -cp FLINK_JARS Run.java SCRIPT ...
//
// Statements end with a semicolon at the end of a line. Lines on standard output: `running SCRIPT` when a
// script's INSERT was submitted, `failed SCRIPT MESSAGES` (of the exception and its causes, in one line) when
// it was refused or its job failed, `cancelled SCRIPT` once a line came on standard input: it ends what runs.
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;

public class Run {
  private static volatile TableResult current;

  public static void main(String[] scripts) throws Exception {
    var ender = new Thread(Run::endOnLine);
    ender.setDaemon(true);
    ender.start();
    for (String script : scripts) run(script);
    System.exit(0);  // the local cluster leaves threads behind
  }

  private static void endOnLine() {
    try {
      for (int read = System.in.read(); read >= 0; read = System.in.read()) {
        if (read == '\n') current.getJobClient().get().cancel();
      }
    } catch (Exception closed) {
      // Nobody ends jobs any more.
    }
  }

  private static void run(String script) throws Exception {
    var configuration = new Configuration();
    configuration.setString("parallelism.default", "1");
    configuration.setString("restart-strategy.type", "disable");
    var tables = TableEnvironment.create(
        EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(configuration).build());
    try {
      TableResult job = null;
      for (String statement : Files.readString(Path.of(script)).split(";\\s*(\\n|$)")) {
        if (statement.isBlank()) continue;
        var result = tables.executeSql(statement);
        if (result.getJobClient().isPresent()) job = result;
      }
      current = job;
      System.out.println("running " + script);
      job.await();
      System.out.println("ended " + script);
    } catch (Throwable fault) {
      var text = new StringBuilder();
      boolean cancelled = false;
      for (Throwable at = fault; at != null; at = at.getCause()) {
        text.append(' ').append(String.valueOf(at.getMessage()).replace('\n', ' '));
        cancelled |= at.getClass().getSimpleName().equals("JobCancellationException");
      }
      System.out.println(cancelled ? "cancelled " + script : "failed " + script + text);
    }
  }
}
