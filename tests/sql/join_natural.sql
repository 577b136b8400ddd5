-- NATURAL: all columns that both have.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE u (id INT, k STRING, w AS v * 2, v INT)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM (SELECT id, k, x FROM t) NATURAL JOIN (SELECT id, k, w FROM u WHERE v > 10);
