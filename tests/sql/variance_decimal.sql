-- Deviations of DECIMALs.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k, STDDEV_POP(CAST(x AS DECIMAL(10, 3))), VAR_SAMP(CAST(x AS DECIMAL(10, 3))), VAR_POP(CAST(x AS DECIMAL(8, 2))) FROM t GROUP BY k;
