CREATE TABLE t (id INT, v STRING, n INT)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'debezium-json');
SELECT * FROM t;
