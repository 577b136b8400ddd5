CREATE TABLE t (id STRING, k INT, a ARRAY<STRING>, b ARRAY<INT>) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT JSON_VALUE(id, 'lax $.b' ERROR ON EMPTY) FROM t;
