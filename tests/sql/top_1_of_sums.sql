CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, s FROM (SELECT id, s, ROW_NUMBER() OVER (ORDER BY s DESC) AS n FROM (SELECT id, SUM(v) AS s FROM t GROUP BY id)) WHERE n = 1;
