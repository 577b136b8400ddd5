CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT MIN(x) AS lo, MAX(x) AS hi, FIRST_VALUE(x) AS f, LAST_VALUE(x) AS l FROM (SELECT id, MAX(id) AS x, COUNT(*) AS n FROM t GROUP BY id) WHERE n < 3;
