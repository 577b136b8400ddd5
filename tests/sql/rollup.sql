-- ROLLUP: ever fewer keys.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k, id, SUM(v) AS s FROM t WHERE id < 5 GROUP BY ROLLUP(k, id);
