CREATE TABLE t (id STRING, k INT, a ARRAY<STRING>, b ARRAY<INT>) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT SHA2(id, k) FROM t;
