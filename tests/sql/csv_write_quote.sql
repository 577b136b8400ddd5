CREATE TABLE t (a STRING, b INT, c DOUBLE, d DECIMAL(20, 10), e TIMESTAMP(3), f DATE, g TIME, h BOOLEAN, i BYTES, l TIMESTAMP_LTZ(3))
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE o (a STRING, b INT, e TIMESTAMP(3))
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'csv', 'csv.quote-character' = '''',
  'csv.field-delimiter' = '\t');
INSERT INTO o SELECT a, b, e FROM t;
