CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE s (x DOUBLE, y STRING) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO s SELECT d, id FROM t WHERE v > 4 UNION ALL SELECT k, 'fixed' FROM t WHERE k > 1 UNION ALL SELECT v, CAST(p AS STRING) FROM t WHERE v < 5;
