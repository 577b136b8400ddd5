-- A sub-query of one row in the list.
-- compare: result
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, (SELECT MAX(v) FROM t WHERE id < 4) AS top, v - (SELECT MIN(v) FROM t) AS above FROM t WHERE id < 5;
