-- JSON_VALUE and JSON_EXISTS: a path without a word is strict.
CREATE TABLE input (id INT, j STRING, k STRING) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, JSON_VALUE(j, '$.a'), JSON_VALUE(j, '$.b'), JSON_VALUE(j, '$.c'), JSON_VALUE(j, '$.e[1]'), JSON_VALUE(j, '$.e[-1].b'), JSON_VALUE(j, '$.f.g'), JSON_VALUE(j, '$[0]'),
  JSON_VALUE(j, '$.d' DEFAULT 'empty' ON EMPTY DEFAULT 'error' ON ERROR), JSON_VALUE(j, 'lax $.d' DEFAULT 'empty' ON EMPTY DEFAULT 'error' ON ERROR),
  JSON_VALUE(j, 'lax $.e' DEFAULT 'x' ON EMPTY), JSON_VALUE(j, 'strict $.e' DEFAULT 'y' ON ERROR),
  JSON_EXISTS(j, '$.a'), JSON_EXISTS(j, '$.d'), JSON_EXISTS(j, '$.x' TRUE ON ERROR), JSON_EXISTS(j, 'lax $.x' TRUE ON ERROR), JSON_EXISTS(j, '$.x' UNKNOWN ON ERROR)
FROM input;
