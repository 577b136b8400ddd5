CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT n, COUNT(*) AS ids FROM (SELECT id, COUNT(*) AS n FROM t GROUP BY id) GROUP BY n;
