CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT COUNT(*) FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '25' SECOND, INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
