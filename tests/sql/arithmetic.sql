-- Integer division and modulo cut, INT wraps, DECIMAL widens: 7/2.0 is DECIMAL(17, 6).

CREATE TABLE input (id INT, a INT, b INT, s STRING, d DECIMAL(10, 2), x DOUBLE, f BOOLEAN)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (id INT, q INT, r INT, dec_q DECIMAL(17, 6), sum_d DECIMAL(11, 2), wrapped INT, neg INT, mixed DOUBLE)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT id, a / b, a % b, a / 2.0, d + 1, 2147483647 + a, -a, x * 2 FROM input;
