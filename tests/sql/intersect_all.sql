-- INTERSECT ALL counts.
-- compare: result
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k FROM t WHERE id > 3 INTERSECT ALL SELECT k FROM t WHERE id < 5 OR id > 9;
