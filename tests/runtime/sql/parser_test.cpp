#include "runtime/sql/parser.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using Kind = sql::Expression::Kind;

namespace {

sql::Script script(const std::string& text) {
  auto filled = sql::fill_properties(text);
  REQUIRE(filled.has_value());
  return filled.value();
}

std::vector<sql::Statement> parse(const std::string& text) {
  auto parsed = sql::parse_script(script(text));
  if (!parsed) FAIL(text << ": " << parsed.error().message());
  return std::move(parsed.value());
}

std::string fault(const std::string& text) {
  const auto parsed = sql::parse_script(script(text));
  return parsed ? "none" : parsed.error().message();
}

// The tree as text with every operator in parentheses.
std::string show(const sql::Expression& e) {
  std::string list;
  for (const auto& argument : e.arguments) list += (list.empty() ? "" : " ") + show(*argument);
  switch (e.kind) {
    case Kind::null_literal:
      return "null";
    case Kind::boolean_literal:
      return e.flag ? "true" : "false";
    case Kind::string_literal:
      return "'" + e.name + "'";
    case Kind::number_literal:
      return e.name;
    case Kind::interval_literal:
      return std::to_string(e.number) + (e.flag ? "months" : "ms");
    case Kind::column: {
      std::string path;
      for (const auto& part : e.path) path += (path.empty() ? "" : ".") + part.text;
      return path;
    }
    case Kind::star:
      return "*";
    case Kind::call:
      return "(" + e.name + (e.flag ? " DISTINCT" : "") + (list.empty() ? "" : " ") + list + ")";
    case Kind::cast:
      return "(" + std::string(e.flag ? "TRY_" : "") + "CAST " + list + " " + e.type.name + ")";
    case Kind::case_when:
      return "(CASE" + std::string(e.flag ? "OF " : " ") + list + ")";
    case Kind::timestamp_literal:
      return "ts'" + e.name + "'";
    case Kind::date_literal:
      return "d'" + e.name + "'";
    default:
      return "?";
  }
}

std::string expression(const std::string& text) {
  const auto parsed = sql::parse_expression(script(text));
  return parsed ? show(*parsed.value()) : parsed.error().message();
}

}  // namespace

TEST_CASE("operators bind as in Flink") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a OR b AND NOT c = d", "(OR a (AND b (NOT (= c d))))"},
      {"a - b - c * 2 % d", "(- (- a b) (% (* c 2) d))"},
      {"a + b || c", "(+ a (|| b c))"},
      {"-a * -3 + +b", "(+ (* (UNARY - a) -3) b)"},
      {"a <> 1 AND b != 2", "(AND (<> a 1) (<> b 2))"},
      {"a IS NOT NULL OR b is true", "(OR (IS NOT NULL a) (IS TRUE b))"},
      {"a = b IS NULL", "(IS NULL (= a b))"},
      {"a NOT BETWEEN 1 AND 2 + 3 AND b", "(AND (NOT (BETWEEN a 1 (+ 2 3))) b)"},
      {"a not in (1, 'x') and b like 'y%' escape '!'",
       "(AND (NOT (IN a 1 'x')) (LIKE b 'y%' '!'))"},
      {"a IS NOT DISTINCT FROM b", "(IS NOT DISTINCT FROM a b)"},
      {"CAST(a AS DECIMAL(10, 2)) + try_cast(b as int)", "(+ (CAST a DECIMAL) (TRY_CAST b INT))"},
      {"CASE WHEN a > 1 THEN 'x' END", "(CASE (> a 1) 'x' null)"},
      {"CASE a WHEN 1 THEN 'x' ELSE 'y' END", "(CASEOF a 1 'x' 'y')"},
      {"count(*) + SUM(DISTINCT t.x)", "(+ (COUNT *) (SUM DISTINCT t.x))"},
      {"EXTRACT(HOUR FROM ts)", "(EXTRACT 'HOUR' ts)"},
      {"FLOOR(ts TO MINUTE)", "(FLOOR ts 'MINUTE')"},
      {"SUBSTRING(a FROM 2 FOR 3)", "(SUBSTRING a 2 3)"},
      {"TRIM(a)", "(TRIM a)"},
      {"TRIM(LEADING 'x' FROM a)", "(TRIM 'LEADING' 'x' a)"},
      {"POSITION('x' IN a)", "(POSITION 'x' a)"},
      {"TIMESTAMP '2024-01-01 00:00:00' - ts", "(- ts'2024-01-01 00:00:00' ts)"},
      {"CURRENT_TIMESTAMP", "(CURRENT_TIMESTAMP)"},
      {"((a))", "a"},
      {"user", "user"},
      {"`select`.`from`", "select.from"},
      {"'a' 'b'", "'ab'"},
  };
  for (const auto& [text, tree] : cases) {
    CAPTURE(text);
    CHECK(expression(text) == tree);
  }
}

TEST_CASE("intervals become milliseconds or months") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"INTERVAL '90' SECOND", "90000ms"},
      {"INTERVAL '0.5' SECONDS", "500ms"},
      {"INTERVAL '1' DAY", "86400000ms"},
      {"INTERVAL -'2' MINUTES", "-120000ms"},
      {"INTERVAL '-2' HOUR", "-7200000ms"},
      {"INTERVAL '1:30' MINUTE TO SECOND", "90000ms"},
      {"INTERVAL '1 02:03:04.5' DAY TO SECOND", "93784500ms"},
      {"INTERVAL '100' SECOND(3)", "100000ms"},
      {"INTERVAL '1-6' YEAR TO MONTH", "18months"},
      {"INTERVAL '100' SECOND",
       "1:1: SQL validation failed. From line 1, column 1 to line 1, column 21: Interval field "
       "value "
       "100 exceeds precision of SECOND(2) field"},
      {"INTERVAL 'x' SECOND",
       "1:1: SQL validation failed. From line 1, column 1 to line 1, column 19: Illegal interval "
       "literal format 'x' for INTERVAL SECOND"},
  };
  for (const auto& [text, tree] : cases) {
    CAPTURE(text);
    CHECK(expression(text) == tree);
  }
}

TEST_CASE("CREATE TABLE: every kind of column, watermark, key, partitions and options") {
  const auto statements = parse(R"(
CREATE TEMPORARY TABLE IF NOT EXISTS cat.db.t (
  id STRING PRIMARY KEY NOT ENFORCED COMMENT 'the id',
  `timestamp` TIMESTAMP(3) NOT NULL,
  ltz TIMESTAMP(6) WITH LOCAL TIME ZONE,
  price decimal(10, 2),
  twice AS price * 2,
  pt AS PROCTIME(),
  seq VARCHAR(128) METADATA FROM 'sequence-number' VIRTUAL,
  WATERMARK for `timestamp` AS `timestamp` - INTERVAL '5' SECOND
) COMMENT 'c' PARTITIONED BY (id, price) WITH ('connector' = 'kinesis', 'a' = 'it''s');
)");
  REQUIRE(statements.size() == 1);
  const auto& table = std::get<sql::CreateTable>(statements[0].body);
  CHECK(table.temporary);
  CHECK(table.if_not_exists);
  CHECK(table.name.text() == "cat.db.t");
  REQUIRE(table.columns.size() == 7);
  CHECK(table.columns[0].comment == "the id");
  CHECK(table.columns[1].type.not_null);
  CHECK(table.columns[1].type.parameters == std::vector<int>{3});
  CHECK(table.columns[2].type.zone == sql::TypeName::Zone::local);
  CHECK(table.columns[3].type.parameters == std::vector<int>{10, 2});
  CHECK(table.columns[4].kind == sql::ColumnDefinition::Kind::computed);
  CHECK(show(*table.columns[5].expression) == "(PROCTIME)");
  CHECK(table.columns[6].key == "sequence-number");
  CHECK(table.columns[6].is_virtual);
  REQUIRE(table.primary_key.size() == 1);
  CHECK(show(*table.watermark->expression) == "(- timestamp 5000ms)");
  CHECK(table.partitioned_by.size() == 2);
  REQUIRE(table.options.size() == 2);
  CHECK(table.options[1].value == "it's");
  CHECK(table.options[0].where.from == sql::Position{11, 48});
}

TEST_CASE("scripts: statements are separated, statement sets are one statement") {
  const auto statements = parse(
      "SET 'a' = 'b'; RESET 'a'; RESET; ; DROP TABLE IF EXISTS t;\n"
      "CREATE VIEW v (x) AS SELECT 1;"
      "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT * FROM t; INSERT INTO b (x, y) SELECT 1, "
      "2; END;"
      "BEGIN STATEMENT SET; INSERT INTO a SELECT * FROM t; END;"
      "EXPLAIN PLAN FOR SELECT 1; EXPLAIN INSERT INTO a SELECT 1; SELECT 2");
  REQUIRE(statements.size() == 10);
  CHECK(std::get<sql::Set>(statements[0].body).option->value == "b");
  CHECK(std::get<sql::Drop>(statements[3].body).if_exists);
  const auto& set = std::get<sql::StatementSet>(statements[5].body);
  REQUIRE(set.inserts.size() == 2);
  CHECK(set.inserts[1].columns[1].text == "y");
  CHECK(std::get<sql::StatementSet>(statements[6].body).inserts.size() == 1);
}

TEST_CASE("queries: windows as table functions and in GROUP BY") {
  const auto statements = parse(
      "SELECT k AS a, MAX(v) b FROM TABLE(HOP(DATA => TABLE t, TIMECOL => DESCRIPTOR(ts), "
      "SLIDE => INTERVAL '1' MINUTE, SIZE => INTERVAL '2' MINUTE, `OFFSET` => INTERVAL '1' "
      "SECOND)) AS w "
      "WHERE v > 1 GROUP BY k, window_start, window_end HAVING COUNT(*) > 1;"
      "SELECT * FROM (SELECT * FROM t) GROUP BY TUMBLE(ts, INTERVAL '90' SECOND), k");
  const auto& query = *std::get<sql::SelectStatement>(statements[0].body).query;
  const auto& select = std::get<sql::Select>(query.body);
  CHECK(select.items[1].alias->text == "b");
  REQUIRE(select.from->kind == sql::TableReference::Kind::function);
  const auto& function = *select.from->function;
  CHECK(function.name == "HOP");
  REQUIRE(function.arguments.size() == 5);
  CHECK(function.arguments[4]->name == "OFFSET");
  CHECK(function.arguments[0]->arguments[0]->kind == Kind::table_argument);
  CHECK(select.group_by.size() == 3);
  CHECK(select.having != nullptr);
  const auto& second =
      std::get<sql::Select>(std::get<sql::SelectStatement>(statements[1].body).query->body);
  CHECK(second.group_by[0]->name == "TUMBLE");
}

TEST_CASE("a name that is reserved asks for backticks, at its place") {
  CHECK(fault("CREATE TABLE t (timestamp TIMESTAMP(3))") ==
        "1:17: SQL parse failed. Encountered \"timestamp\" at line 1, column 17.\nWas expecting: "
        "name "
        "of a column (timestamp is a reserved word: write `timestamp`)");
  CHECK(fault("SELECT a FROM\n  value").find("2:3: SQL parse failed. Encountered \"value\"") == 0);
  CHECK(fault("SELECT 1 2").find("1:10: SQL parse failed. Encountered \"2\"") == 0);
  CHECK(fault("SELECT (1").find("1:10: SQL parse failed. Encountered \"<EOF>\"") == 0);
  CHECK(fault("SELEC 1").find("1:1: SQL parse failed. Encountered \"SELEC\"") == 0);
  CHECK(fault("SET a = 'b'").find("1:5: SQL parse failed. Encountered \"a\"") == 0);
}

TEST_CASE("what Flink has and we do not is refused by name and place") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"SELECT MULTISET[1] FROM t", "1:8: the constructor MULTISET is not served yet"},
      {"CREATE FUNCTION f AS 'x'",
       "1:8: CREATE FUNCTION f: functions in JAVA are not served; only the built-in ones are (SHOW "
       "FUNCTIONS)"},
      {"ADD JAR 'x.jar'",
       "1:1: ADD JAR: this runtime runs no Java; what the jar would bring (connectors, functions) "
       "has to be built in"},
      {"SHOW JOBS", "1:6: SHOW JOBS is not served yet"},
      {"CREATE TABLE t (a VARIANT)", "1:19: the type VARIANT is not served yet"},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    CHECK(fault(text) == message);
  }
}

TEST_CASE("deep nesting is refused, long chains are not a stack") {
  std::string deep(5000, '(');
  CHECK(fault("SELECT " + deep).find("nests deeper than 200 levels") != std::string::npos);
  std::string nots = "SELECT ";
  for (int i = 0; i < 5000; ++i) nots += "NOT ";
  CHECK(fault(nots + "TRUE").find("nests deeper") != std::string::npos);
  std::string chain = "SELECT 1";
  for (int i = 0; i < 1000; ++i) chain += " + 1";
  CHECK(fault(chain) == "none");
}

TEST_CASE("any prefix and any single-token damage of a script is parsed or refused, never worse") {
  const std::string text =
      "CREATE TABLE t (a STRING, b AS CASE a WHEN 'x' THEN 1 ELSE CAST(a AS INT) END, WATERMARK "
      "FOR "
      "ts AS ts - INTERVAL '1' SECOND) WITH ('a'='b'); INSERT INTO t (a) SELECT a, MAX(b) FROM "
      "TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1:2' MINUTE TO SECOND)) WHERE a NOT IN "
      "(1,2) "
      "AND TRIM(BOTH 'x' FROM a) LIKE 'y' GROUP BY window_start, window_end, a;";
  for (std::size_t i = 0; i < text.size(); ++i) {
    (void)sql::fill_properties(text.substr(0, i)).has_value();
    const auto cut = sql::fill_properties(text.substr(0, i));
    if (cut) (void)sql::parse_script(cut.value()).has_value();
    std::string damaged = text;
    damaged[i] = damaged[i] == ' ' ? ')' : ' ';
    const auto hurt = sql::fill_properties(damaged);
    if (hurt) (void)sql::parse_script(hurt.value()).has_value();
  }
}
