CREATE TABLE t (a STRING, b INT)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'csv', 'csv.ignore-parse-errors' = 'true');
SELECT * FROM t;
