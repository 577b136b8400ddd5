-- Columns without a variable speak of the newest row.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM t MATCH_RECOGNIZE (
ORDER BY ts, id
  MEASURES v AS v, COUNT(*) AS n, LAST(id) AS i
  PATTERN (A B)
  DEFINE A AS v > 9
) AS m;
