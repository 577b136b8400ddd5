CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, COUNT(*) FILTER (WHERE v > 4) AS big, SUM(v) FILTER (WHERE k = 1) AS s1, COUNT(DISTINCT v) FILTER (WHERE k < 3) AS dv, SUM(v) AS s FROM t GROUP BY id;
