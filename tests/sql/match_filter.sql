-- A match is a table like others.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k, SUM(b) AS s FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES B.v AS b PATTERN (A B) DEFINE A AS A.v > 0) WHERE b > 9 GROUP BY k;
