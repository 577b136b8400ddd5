-- CUBE: every set of keys, beside a key of all of them.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k, id, x, SUM(v) AS s FROM t WHERE id < 4 GROUP BY k, CUBE(id, x);
