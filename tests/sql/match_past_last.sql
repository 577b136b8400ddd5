-- AFTER MATCH SKIP PAST LAST ROW.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM t MATCH_RECOGNIZE (
ORDER BY ts
  MEASURES A.id AS a, B.id AS b, C.id AS c
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (A B C)
  DEFINE A AS A.v > 9, B AS B.v > 9
) AS m;
