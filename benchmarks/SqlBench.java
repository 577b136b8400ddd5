// Times one SQL job on real Apache Flink, warmed up, in one JVM.
//
// Usage: java -cp FLINK_JARS SqlBench.java PARALLELISM RUNS FULL.sql ONE.sql
//
// Both scripts are the same job, over the whole input and over one row: what the second takes is the start
// of a job, and is taken off. Prints "RUN seconds" for each measured run, "START seconds" for the best
// start. Every run writes its rows to where the script says, behind a number: ${run}.
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

public class SqlBench {
  public static void main(String[] args) throws Exception {
    int runs = Integer.parseInt(args[1]);
    String full = Files.readString(Path.of(args[2]));
    String one = Files.readString(Path.of(args[3]));
    run(args[0], full, "warm-up");
    double start = Double.MAX_VALUE;
    for (int i = 0; i < 5; ++i) start = Math.min(start, run(args[0], one, "one-" + i));
    for (int i = 0; i < runs; ++i) System.out.println("RUN " + run(args[0], full, "run-" + i));
    System.out.println("START " + start);
    System.exit(0);  // the local cluster leaves threads behind
  }

  static double run(String parallelism, String script, String name) throws Exception {
    var configuration = new Configuration();
    configuration.setString("parallelism.default", parallelism);
    configuration.setString("restart-strategy.type", "disable");
    var tables = TableEnvironment.create(
        EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(configuration).build());
    long began = System.nanoTime();
    for (String statement : script.replace("${run}", name).split(";")) {
      if (!statement.isBlank()) tables.executeSql(statement).await();
    }
    return (System.nanoTime() - began) / 1e9;
  }
}
