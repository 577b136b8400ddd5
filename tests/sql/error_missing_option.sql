CREATE TABLE t (id INT) WITH ('connector' = 'filesystem', 'format' = 'json');
SELECT * FROM t;
