CREATE TABLE t (id INT) WITH ('connector' = 'filesystem', 'path' = '/tmp', 'format' = 'json',
  'json.timestamp-format.standard' = 'ISO');
SELECT * FROM t;
