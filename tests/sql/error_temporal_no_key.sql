CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW r AS SELECT k, v, ts FROM t;
SELECT t.id, r.v FROM t JOIN r FOR SYSTEM_TIME AS OF t.ts ON t.k = r.k;
