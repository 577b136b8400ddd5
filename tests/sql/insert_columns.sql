-- Named targets in any order; the rest is NULL. Without names only the place counts.

CREATE TABLE input (id INT, a INT, b INT, s STRING, d DECIMAL(10, 2), x DOUBLE, f BOOLEAN)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (a INT, b STRING, c BIGINT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

CREATE TABLE other (a INT, b STRING)
WITH ('connector' = 'filesystem', 'path' = '${case.out2}', 'format' = 'json');

INSERT INTO results (c, a) SELECT a, b FROM input;
INSERT INTO other SELECT b AS x, s AS a FROM input;
