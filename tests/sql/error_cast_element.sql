CREATE TABLE t (id STRING, k INT, a ARRAY<STRING>, b ARRAY<INT>) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT CAST(a AS ARRAY<INT>) FROM t;
