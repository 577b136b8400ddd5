CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k, SUM(d) AS sd, AVG(d) AS ad, SUM(p) AS sp, AVG(p) AS ap, MIN(id) AS lo, MAX(ts) AS last_ts, FIRST_VALUE(v) AS f, LAST_VALUE(v) AS l FROM t GROUP BY k;
