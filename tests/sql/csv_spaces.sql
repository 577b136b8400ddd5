CREATE TABLE t (a STRING, b INT, c STRING) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'csv');
SELECT '<' || a || '>', b, '<' || c || '>' FROM t;
