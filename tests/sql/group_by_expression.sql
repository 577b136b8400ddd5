CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k * 2 AS kk, UPPER(id) AS u, COUNT(*) + 1 AS n FROM t GROUP BY k * 2, UPPER(id);
