-- AFTER MATCH SKIP TO LAST.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM t MATCH_RECOGNIZE (
ORDER BY ts
  MEASURES A.id AS a, LAST(B.id) AS b
  AFTER MATCH SKIP TO LAST B
  PATTERN (A B{2})
  DEFINE B AS B.v > 9
) AS m;
