CREATE TABLE t (id STRING, k INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT TUMBLE_START(ts, INTERVAL '4' SECOND) FROM t GROUP BY TUMBLE(ts, INTERVAL '3' SECOND);
