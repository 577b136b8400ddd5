CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
WITH big AS (SELECT id, v FROM t WHERE v > 3), sums AS (SELECT id, SUM(v) AS s FROM big GROUP BY id) SELECT id, s + 1 AS s1 FROM sums WHERE s > 8;
