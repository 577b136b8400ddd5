-- LAG by processing time.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, pt AS PROCTIME(), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, v - LAG(v) OVER (ORDER BY pt) AS more FROM t;
