-- A greedy variable takes what fits; aggregates of its rows.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM t MATCH_RECOGNIZE (
ORDER BY ts
  MEASURES A.id AS a, FIRST(B.id) AS fb, LAST(B.id) AS lb, COUNT(B.id) AS n, SUM(B.v) AS s, AVG(B.v) AS av, C.id AS c
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (A B* C)
  DEFINE B AS B.v < 20, C AS C.v >= 20
) AS m;
