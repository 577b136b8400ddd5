-- EXCEPT ALL counts.
-- compare: result
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k, v FROM t EXCEPT ALL SELECT k, v FROM t WHERE id < 5;
