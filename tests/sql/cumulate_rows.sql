CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE s (id STRING, v BIGINT, w1 TIMESTAMP(3), w2 TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO s SELECT id, v, window_start, window_end FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '1' MINUTE)) WHERE v > 5;
