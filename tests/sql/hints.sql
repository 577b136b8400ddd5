-- Hints change no rows.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT /*+ BROADCAST(t), STATE_TTL('t' = '1d') */ id, v FROM t WHERE id < 3;
