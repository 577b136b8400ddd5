CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, PERCENT_RANK() OVER (PARTITION BY k ORDER BY ts) FROM t;
