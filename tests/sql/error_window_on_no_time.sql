CREATE TABLE t (id STRING, k INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(k), INTERVAL '3' SECOND)) GROUP BY window_start, window_end;
