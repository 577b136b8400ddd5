CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, k, v FROM (SELECT id, k, v, ROW_NUMBER() OVER (PARTITION BY id ORDER BY v DESC) AS n FROM t) WHERE n <= 2;
