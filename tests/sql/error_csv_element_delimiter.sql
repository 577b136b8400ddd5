CREATE TABLE t (a STRING) WITH ('connector' = 'filesystem', 'path' = '/tmp', 'format' = 'csv', 'csv.array-element-delimiter' = '; ');
SELECT * FROM t;
