-- WITHIN: a match that takes too long is none.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM t MATCH_RECOGNIZE (
ORDER BY ts
  MEASURES A.id AS a, C.id AS c
  PATTERN (A B*? C) WITHIN INTERVAL '3' SECOND
  DEFINE A AS A.v < 15, C AS C.v > 24
) AS m;
