-- Arrays and rows in one field: elements between semicolons. The text for NULL counts within them.
CREATE TABLE t (a ARRAY<STRING>, r ROW<x INT, y STRING>, aa ARRAY<INT>, n INT)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'csv', 'csv.null-literal' = 'N');
SELECT * FROM t;
