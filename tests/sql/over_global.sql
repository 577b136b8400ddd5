CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE s (id STRING, c BIGINT, p DECIMAL(38, 2)) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO s SELECT id, COUNT(DISTINCT id) OVER (ORDER BY ts), SUM(p) OVER (ORDER BY ts) FROM t WHERE k IS NOT NULL;
