CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM (SELECT k, MAX(ts) AS ts FROM t GROUP BY k) MATCH_RECOGNIZE (ORDER BY ts MEASURES A.k AS a PATTERN (A B) DEFINE A AS A.k > 'a');
