CREATE TABLE t (id INT)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'debezium-json',
  'debezium-json.ignore-parse-errors' = 'true');
SELECT * FROM t;
