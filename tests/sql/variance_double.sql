-- Deviations of DOUBLEs.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k, STDDEV_POP(x), STDDEV_SAMP(x), STDDEV(x), VAR_POP(x), VAR_SAMP(x), VARIANCE(x) FROM t GROUP BY k;
