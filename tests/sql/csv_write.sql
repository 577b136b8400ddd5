-- Jackson quotes what holds a character below the greatest special one, and what is longer than 24.
CREATE TABLE t (a STRING, b INT, c DOUBLE, d DECIMAL(20, 10), e TIMESTAMP(3), f DATE, g TIME, h BOOLEAN, i BYTES, l TIMESTAMP_LTZ(3))
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE o (a STRING, b INT, c DOUBLE, d DECIMAL(20, 10), e TIMESTAMP(3), f DATE, g TIME, h BOOLEAN, i BYTES, l TIMESTAMP_LTZ(3))
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'csv');
INSERT INTO o SELECT * FROM t;
