CREATE TABLE t (a STRING, b INT, c STRING)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'csv', 'csv.allow-comments' = 'true');
SELECT '<' || a || '>', b, '<' || c || '>' FROM t;
