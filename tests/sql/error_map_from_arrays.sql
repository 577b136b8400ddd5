CREATE TABLE t (id STRING, k INT, a ARRAY<STRING>, b ARRAY<INT>) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT MAP_FROM_ARRAYS(a, ARRAY[1]) FROM t;
