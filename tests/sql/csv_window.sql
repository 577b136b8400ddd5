-- Only some of the fields are wanted.
CREATE TABLE t (k STRING, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'csv');
CREATE TABLE o (start_ TIMESTAMP(3), total INT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'csv');
INSERT INTO o SELECT window_start, SUM(n)
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
