CREATE TABLE t (id STRING, k INT, a ARRAY<INT>, r ROW<p INT>, d DATE, ts TIMESTAMP(3), f BOOLEAN) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT ELEMENT(k) FROM t;
