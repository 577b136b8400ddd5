-- Percentiles between values.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k, PERCENTILE(v, 0.5), PERCENTILE(x, 0.25), PERCENTILE(v, 1.0) FROM t GROUP BY k;
