CREATE TABLE t (a STRING) WITH ('connector' = 'filesystem', 'path' = '/tmp', 'format' = 'csv', 'csv.field-delimiter' = ';;');
SELECT * FROM t;
