CREATE TABLE results (a INT, b STRING, c DECIMAL(4, 2))
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results VALUES (1, 'x', 1.5), (2, CAST(NULL AS STRING), 10), (CAST(NULL AS INT), 'yz', -0.25);
