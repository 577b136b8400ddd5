-- Columns by name and by place, a filter that keeps TRUE only.

CREATE TABLE input (id INT, a INT, b INT, s STRING, d DECIMAL(10, 2), x DOUBLE, f BOOLEAN)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (`id` INT, twice INT, s STRING)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results SELECT id, a * 2 AS twice, s FROM input WHERE a > 1 AND s <> 'no';
