CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT COUNT(*) AS c, SUM(n) AS s, AVG(n) AS a, MIN(n) AS lo, MAX(n) AS hi, COUNT(DISTINCT n) AS dn, SUM(sd) AS sd, SUM(sp) AS sp FROM (SELECT id, COUNT(*) AS n, SUM(d) AS sd, SUM(p) AS sp FROM t GROUP BY id);
