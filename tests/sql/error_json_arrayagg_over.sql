CREATE TABLE n (id INT, k STRING, v INT, s STRING, a ARRAY<INT>, b ARRAY<STRING>, m MAP<STRING, INT>, r ARRAY<ROW<x INT, y STRING>>, aa ARRAY<ARRAY<INT>>, ts TIMESTAMP(3), ms MULTISET<STRING>, d DECIMAL(10, 2), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, JSON_ARRAYAGG(v) OVER (PARTITION BY k ORDER BY ts) FROM n;
