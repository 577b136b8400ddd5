CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT a, COUNT(*) AS n, SUM(b) AS s FROM (VALUES (1, 2.5), (2, 1), (1, 3)) AS x(a, b) GROUP BY a;
