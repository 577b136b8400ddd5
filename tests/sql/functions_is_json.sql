-- IS JSON, JSON_QUOTE, JSON_UNQUOTE.
CREATE TABLE input (id INT, j STRING, k STRING) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, j IS JSON, j IS JSON VALUE, j IS JSON OBJECT, j IS JSON ARRAY, j IS JSON SCALAR, j IS NOT JSON, k IS JSON, JSON_QUOTE(k), JSON_UNQUOTE(k), JSON_UNQUOTE(JSON_QUOTE(k)), JSON_QUOTE(j)
FROM input;
