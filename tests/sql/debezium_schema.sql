CREATE TABLE t (id INT, `at` TIMESTAMP(3))
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'debezium-json',
  'debezium-json.schema-include' = 'true', 'debezium-json.timestamp-format.standard' = 'ISO-8601');
SELECT * FROM t;
