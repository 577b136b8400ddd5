-- NULL is neither TRUE nor FALSE; only TRUE passes WHERE.

CREATE TABLE input (id INT, a INT, b INT, s STRING, d DECIMAL(10, 2), x DOUBLE, f BOOLEAN)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (id INT, both_ BOOLEAN, either_ BOOLEAN, not_f BOOLEAN, unknown_ BOOLEAN)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT id, f AND a > 0, f OR a > 0, NOT f, (f OR a > 0) IS UNKNOWN FROM input WHERE NOT (a = 9) OR f IS NULL;
