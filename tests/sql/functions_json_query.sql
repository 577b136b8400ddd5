-- JSON_QUERY answers objects and arrays; wrappers, and what stands for nothing.
CREATE TABLE input (id INT, j STRING, k STRING) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, JSON_QUERY(j, '$.e'), JSON_QUERY(j, '$.f'), JSON_QUERY(j, '$.a'), JSON_QUERY(j, '$.a' WITH WRAPPER), JSON_QUERY(j, '$.e' WITH CONDITIONAL WRAPPER),
  JSON_QUERY(j, '$.e' WITH UNCONDITIONAL ARRAY WRAPPER), JSON_QUERY(j, 'lax $.x' EMPTY ARRAY ON EMPTY), JSON_QUERY(j, 'strict $.x' EMPTY OBJECT ON ERROR),
  JSON_QUERY(j, '$..b'), JSON_QUERY(j, '$.*'), JSON_QUERY(j, '$[*]'), JSON_QUERY(j, 'lax $.d' EMPTY OBJECT ON EMPTY), JSON_QUERY(j, '$.e[0:2]'), JSON_QUERY(j, '$[''e'']')
FROM input;
