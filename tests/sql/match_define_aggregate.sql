-- Conditions over the rows taken so far.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM t MATCH_RECOGNIZE (
PARTITION BY k ORDER BY ts
  MEASURES SUM(A.v * 2) AS s, LAST(A.v + 1, 1) AS q, B.v - FIRST(A.v) AS d
  PATTERN (A{2,} B)
  DEFINE A AS SUM(A.v) < 60, B AS B.v > FIRST(A.v)
) AS m;
