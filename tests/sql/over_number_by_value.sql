-- ROW_NUMBER by a value without a bound.
-- compare: result
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, ROW_NUMBER() OVER (PARTITION BY k ORDER BY id) AS n FROM t;
