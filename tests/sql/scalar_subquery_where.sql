-- A sub-query of one row in a condition.
-- compare: result
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, v FROM t WHERE v > (SELECT AVG(v) FROM t WHERE id < 4);
