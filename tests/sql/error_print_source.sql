CREATE TABLE t (id INT) WITH ('connector' = 'print');
SELECT * FROM t;
