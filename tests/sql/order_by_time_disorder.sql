-- Rows in disorder are put in order, equal times by the second column, late ones dropped.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '3' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, v, ts FROM t ORDER BY ts, v DESC;
