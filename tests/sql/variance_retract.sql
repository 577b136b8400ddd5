-- Deviations of rows that are taken back.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT VAR_POP(s), STDDEV_SAMP(s) FROM (SELECT k, SUM(x) AS s FROM t GROUP BY k);
