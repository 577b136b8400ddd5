-- Functions on maps.
CREATE TABLE input (id INT, m MAP<STRING, INT>, o MAP<STRING, INT>, k ARRAY<STRING>, v ARRAY<INT>, t STRING) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, MAP_KEYS(m), MAP_VALUES(m), MAP_ENTRIES(m), MAP_UNION(m, o), MAP_FROM_ARRAYS(k, v), STR_TO_MAP(t), STR_TO_MAP(t, ';', ':'), STR_TO_MAP('a.b|c.d', '\|', '\.')
FROM input;
