CREATE TABLE t (k STRING, n INT) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE o (k STRING, rows_ BIGINT, total INT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'debezium-json');
INSERT INTO o SELECT k, COUNT(*), SUM(n) FROM t GROUP BY k;
