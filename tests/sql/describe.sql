-- Columns with their keys, computed ones, watermarks and comments.
CREATE TABLE t (
  id BIGINT COMMENT 'the id',
  name STRING,
  more AS id + 1,
  loud AS UPPER(name),
  c AS (id + 1) * 2 - (id - 1),
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND,
  PRIMARY KEY (id) NOT ENFORCED
) COMMENT 'a table'
WITH ('connector' = 'filesystem', 'path' = '/tmp/t', 'format' = 'json');
CREATE VIEW v (a, b) AS SELECT id, name FROM t WHERE id > 1;
DESCRIBE t;
SHOW COLUMNS FROM t LIKE 'n%';
DESCRIBE v;
SHOW CREATE TABLE t;
