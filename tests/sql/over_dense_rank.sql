-- DENSE_RANK by a value, over all.
-- compare: result
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, DENSE_RANK() OVER (ORDER BY v) AS r FROM t;
