-- USING of a FULL join gives what either side has.
-- compare: result
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE u (id INT, k STRING, w AS v * 2, v INT)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM (SELECT id, k FROM t WHERE id < 5) a FULL JOIN (SELECT id, w FROM u WHERE id > 2 AND id < 7) b USING (id);
