-- Comments of both kinds, and a semicolon in one.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, /* not here */ v -- nor ; here
FROM t WHERE k = 'a;b' OR /* or */ id < 3;
