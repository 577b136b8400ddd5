-- Deviations of integers are integers, cut in between.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k, STDDEV_POP(v), STDDEV_SAMP(v), VAR_POP(v), VAR_SAMP(v), VAR_POP(CAST(v AS BIGINT)), VAR_POP(v * 10000) FROM t GROUP BY k;
