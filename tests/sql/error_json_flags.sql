CREATE TABLE t (id INT) WITH ('connector' = 'filesystem', 'path' = '/tmp', 'format' = 'json',
  'json.fail-on-missing-field' = 'true', 'json.ignore-parse-errors' = 'true');
SELECT * FROM t;
