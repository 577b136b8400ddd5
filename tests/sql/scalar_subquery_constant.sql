-- A sub-query without a table.
-- compare: result
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, v * (SELECT 3) AS more FROM t WHERE id < 4;
