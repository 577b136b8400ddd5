-- Constructors: types in common, later keys win, casts part by part.
CREATE TABLE input (id INT, x INT, y DECIMAL(5, 2), t STRING) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT ARRAY[id, x], ARRAY[x, y], ARRAY[t, 'lit'], MAP['x', x, 'id', id], MAP[t, y], ROW(id, t, y), (x, ROW(t)), ARRAY[ARRAY[x], ARRAY[id, 2]], CAST(ROW(id, t) AS ROW<n BIGINT, s STRING>).s,
  CAST(ARRAY[x, id] AS ARRAY<STRING>), CAST(MAP[t, x] AS MAP<STRING, DOUBLE>), TRY_CAST(ARRAY[t, '1'] AS ARRAY<INT>), CAST(ARRAY[x] AS ARRAY<DECIMAL(4, 1)>), ARRAY[x, 1][1], MAP['a', x]['a'], ROW(x, t).EXPR$1
FROM input;
