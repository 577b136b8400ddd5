CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE s (id STRING, v BIGINT, s BIGINT, lo BIGINT, hi BIGINT, c BIGINT, a DOUBLE) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO s SELECT id, v, SUM(v) OVER w, MIN(v) OVER w, MAX(v) OVER w, COUNT(v) OVER w, AVG(d) OVER w FROM t WINDOW w AS (PARTITION BY id ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW);
