CREATE TABLE t (a STRING, b INT, c DOUBLE, d DECIMAL(20, 10), e TIMESTAMP(3), f DATE, g TIME, h BOOLEAN, i BYTES, l TIMESTAMP_LTZ(3))
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'csv', 'csv.null-literal' = 'null');
SELECT * FROM t;
