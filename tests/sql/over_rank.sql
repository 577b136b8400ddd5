-- RANK by a value.
-- compare: result
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, RANK() OVER (PARTITION BY k ORDER BY v) AS r FROM t;
