-- HAVING over grouping sets; the key is an argument, too.
-- compare: result
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k, v, SUM(v) AS s, COUNT(DISTINCT k) AS ks FROM t GROUP BY GROUPING SETS ((k), (v)) HAVING SUM(v) > 25;
