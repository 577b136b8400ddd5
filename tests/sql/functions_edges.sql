-- Edges: NULL to put instead, equal keys, members in order, days to printf, short dates, names of zones.
CREATE TABLE input (id INT, s STRING, t STRING, u STRING, d DATE, z STRING) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, TRANSLATE(s, t, u), MAP_FROM_ARRAYS(ARRAY[s, s], ARRAY[id, id + 1]), JSON_STRING(MAP[s, id, 'a', 2]), PRINTF('%s %d', d, d),
  UNIX_TIMESTAMP(s), CONVERT_TZ('2023-07-01 00:00:00', z, 'UTC'), CONVERT_TZ('2023-01-01 00:00:00', 'UTC', z), IS_DIGIT(id), IS_ALPHA(id), JSON_STRING(CAST(id AS DOUBLE)), REVERSE(s), LEFT(s, 2) || RIGHT(t, 1)
FROM input;
