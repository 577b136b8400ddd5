CREATE TABLE input (id INT, a INT, b INT, s STRING, d DECIMAL(10, 2), x DOUBLE, f BOOLEAN)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (id INT, in_ BOOLEAN, between_ BOOLEAN, like_ BOOLEAN, null_ BOOLEAN, same_ BOOLEAN)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT id, a IN (1, 2, 3), a NOT BETWEEN 2 AND 4, s LIKE 'a_c%', s IS NULL, a IS NOT DISTINCT FROM b FROM input
WHERE s IS NULL OR s NOT LIKE '%drop%';
