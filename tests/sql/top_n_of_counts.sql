CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, c, n FROM (SELECT id, c, ROW_NUMBER() OVER (ORDER BY c DESC) AS n FROM (SELECT id, COUNT(*) AS c FROM t GROUP BY id)) WHERE n <= 2;
