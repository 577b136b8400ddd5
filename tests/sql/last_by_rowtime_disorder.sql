CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '3' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, k, v, ts FROM (SELECT id, k, v, ts, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC) AS n FROM t) WHERE n = 1;
