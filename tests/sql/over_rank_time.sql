-- Ranks by row time.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, DENSE_RANK() OVER (PARTITION BY k ORDER BY ts) AS d, RANK() OVER (PARTITION BY k ORDER BY ts) AS r FROM t;
