-- compare: result
CREATE TABLE t (id INT, v STRING, n INT)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'debezium-json');
SELECT v, COUNT(*), SUM(n), MAX(n) FROM t GROUP BY v;
