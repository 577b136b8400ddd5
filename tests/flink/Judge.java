// Runs SQL scripts on real Apache Flink, each in a table environment of its own, one JVM for all.
//
// Usage: java -cp FLINK_JARS Judge.java FOLDER ...
//
// Every folder holds script.sql. Into it are written: stdout (the rows of bare SELECTs as print shows them)
// and, when a statement fails, error (the messages of the exception and its causes, one a paragraph; the
// first line says whether the statement was refused or its job failed). Statements keep their place in the
// text, so positions in messages are those of the script.
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.ResultKind;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;

public class Judge {
  public static void main(String[] folders) throws Exception {
    for (String folder : folders) run(Path.of(folder));
    System.exit(0);  // the local cluster leaves threads behind
  }

  static void run(Path folder) throws Exception {
    var configuration = new Configuration();
    configuration.setString("parallelism.default", "1");
    configuration.setString("restart-strategy.type", "disable");
    var tables = TableEnvironment.create(
        EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(configuration).build());
    var printed = new StringBuilder();
    boolean planned = false;
    try {
      for (String statement : split(Files.readString(folder.resolve("script.sql")))) {
        planned = false;
        String[] words = statement.strip().split("\\s+", 3);
        if (words[0].equalsIgnoreCase("SET")) {  // the SQL client's own statement
          String[] pair = statement.strip().substring(3).replace("'", "").split("=", 2);
          tables.getConfig().set(pair[0].strip(), pair[1].strip());
          continue;
        }
        var result = tables.executeSql(statement);
        if (result.getResultKind() != ResultKind.SUCCESS_WITH_CONTENT) continue;
        if (words[0].toUpperCase().matches("SHOW|DESCRIBE|DESC")) {
          printed.append(shown(result));
          continue;
        }
        planned = true;
        if (words[0].equalsIgnoreCase("INSERT") || words[0].equalsIgnoreCase("EXECUTE")) {
          result.await();
        } else {
          try (var rows = result.collect()) {
            while (rows.hasNext()) printed.append(rows.next()).append('\n');
          }
        }
      }
    } catch (Throwable fault) {
      var text = new StringBuilder(planned ? "job failed\n" : "refused\n");
      for (Throwable at = fault; at != null; at = at.getCause()) text.append(at.getMessage()).append("\n\n");
      Files.writeString(folder.resolve("error"), text.toString());
    }
    Files.writeString(folder.resolve("stdout"), printed.toString());
    System.out.println(folder.getFileName());
  }

  // The text table of a result that is no stream.
  static String shown(TableResult result) {
    var bytes = new ByteArrayOutputStream();
    var out = System.out;
    System.setOut(new PrintStream(bytes));
    result.print();
    System.out.flush();
    System.setOut(out);
    return bytes.toString();
  }

  // Cuts at semicolons outside quotes and comments; a statement set ends at END. What went before a
  // statement is replaced by blanks, comments too.
  static List<String> split(String text) {
    var statements = new ArrayList<String>();
    var current = new StringBuilder();
    boolean inSet = false;
    for (int at = 0; at < text.length(); ++at) {
      char here = text.charAt(at);
      if (here == '-' && text.startsWith("--", at)) {
        int end = text.indexOf('\n', at);
        if (end < 0) end = text.length();
        current.append(" ".repeat(end - at));
        at = end - 1;
      } else if (here == '\'' || here == '`' || here == '"') {
        int end = text.indexOf(here, at + 1);
        if (end < 0) end = text.length() - 1;
        current.append(text, at, end + 1);
        at = end;
      } else if (here == ';') {
        String upper = current.toString().strip().toUpperCase();
        inSet = upper.startsWith("EXECUTE STATEMENT SET") && !upper.matches("(?s).*\\bEND");
        if (inSet) {
          current.append(here);
          continue;
        }
        if (!upper.isEmpty()) statements.add(current.toString());
        current = new StringBuilder(text.substring(0, at + 1).replaceAll("[^\n]", " "));
      } else {
        current.append(here);
      }
    }
    if (!current.toString().isBlank()) statements.add(current.toString());
    return statements;
  }
}
