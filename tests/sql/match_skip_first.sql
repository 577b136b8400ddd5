-- AFTER MATCH SKIP TO FIRST.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM t MATCH_RECOGNIZE (
ORDER BY ts
  MEASURES FIRST(A.id) AS a, LAST(A.id) AS la, B.id AS b
  AFTER MATCH SKIP TO FIRST B
  PATTERN (A+ B)
  DEFINE A AS A.v > 9, B AS B.v < 20
) AS m;
