CREATE TABLE n (id INT, k STRING, v INT, s STRING, a ARRAY<INT>, b ARRAY<STRING>, m MAP<STRING, INT>, r ARRAY<ROW<x INT, y STRING>>, aa ARRAY<ARRAY<INT>>, ts TIMESTAMP(3), ms MULTISET<STRING>, d DECIMAL(10, 2), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM n MATCH_RECOGNIZE (ORDER BY ts MEASURES JSON_ARRAYAGG(X.v) AS c ONE ROW PER MATCH PATTERN (X+ Y) DEFINE X AS X.k = 'a' OR X.k = 'b', Y AS Y.k = 'c');
