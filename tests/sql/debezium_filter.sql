-- compare: result
CREATE TABLE t (id INT, v STRING, n INT)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'debezium-json');
SELECT id, n * 2 FROM t WHERE v = 'a';
