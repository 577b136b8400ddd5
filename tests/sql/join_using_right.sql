-- USING of a RIGHT join.
-- compare: result
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE u (id INT, k STRING, w AS v * 2, v INT)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, k, w FROM (SELECT id, k FROM t WHERE id < 4) a RIGHT JOIN (SELECT id, w FROM u WHERE id < 7) b USING (id);
