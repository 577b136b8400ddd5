-- GROUPING SETS with GROUPING and GROUPING_ID.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k, v, GROUPING(k) AS gk, GROUPING(v) AS gv, GROUPING_ID(k, v) AS g, COUNT(*) AS n, SUM(v) AS s FROM t WHERE id < 7 GROUP BY GROUPING SETS ((k, v), (k), ());
