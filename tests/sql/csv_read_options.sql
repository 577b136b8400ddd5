CREATE TABLE t (a STRING, b INT, c STRING)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'csv', 'csv.field-delimiter' = '|',
  'csv.quote-character' = '''', 'csv.escape-character' = '\', 'csv.allow-comments' = 'true');
SELECT * FROM t;
