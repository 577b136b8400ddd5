CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k2, COUNT(*) AS c, MAX(m) AS m, COUNT(*) FILTER (WHERE m > 8) AS big FROM (SELECT id, MAX(k) AS k2, SUM(v) AS m FROM t GROUP BY id) WHERE m > 5 GROUP BY k2;
