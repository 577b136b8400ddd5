CREATE TABLE t (id STRING, k INT, a ARRAY<STRING>, b ARRAY<INT>) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT FROM_BASE64(id) FROM t;
