CREATE TABLE t (a ARRAY<INT>, r ROW<x INT, y INT>, n INT)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'csv', 'csv.ignore-parse-errors' = 'true');
SELECT * FROM t;
