-- An event with its payload inside: computed columns and a watermark of its fields, windows by one.
CREATE TABLE input (id INT, payload ROW<made STRING, who ROW<name STRING, tags ARRAY<STRING>>, amount DECIMAL(8, 2)>,
  ts AS TO_TIMESTAMP(payload.made), name AS UPPER(payload.who.name), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE results (name STRING, first_tag STRING, n BIGINT, total DECIMAL(38, 2), w TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO results
SELECT name, payload.who.tags[1], COUNT(*), SUM(payload.amount), window_start
FROM TABLE(TUMBLE(TABLE input, DESCRIPTOR(ts), INTERVAL '10' SECOND))
WHERE payload.amount > 0 AND NOT ARRAY_CONTAINS(payload.who.tags, 'skip')
GROUP BY name, payload.who.tags[1], window_start, window_end;
