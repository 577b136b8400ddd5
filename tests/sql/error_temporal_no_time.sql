CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE rates (id INT, k STRING, v INT, ts TIMESTAMP(3), PRIMARY KEY (k) NOT ENFORCED)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT t.id, r.v FROM t JOIN rates FOR SYSTEM_TIME AS OF t.ts AS r ON t.k = r.k;
