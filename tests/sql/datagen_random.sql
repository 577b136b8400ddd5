-- Random values, and what is known of them.
CREATE TABLE t (a TINYINT, b SMALLINT, c INT, d BIGINT, e FLOAT, f DOUBLE, g BOOLEAN, h STRING, i VARCHAR(7), j BYTES,
  k TIMESTAMP(3), l TIMESTAMP_LTZ(3), m INT, n DOUBLE, o DECIMAL(6, 2))
WITH ('connector' = 'datagen', 'number-of-rows' = '500', 'rows-per-second' = '1000000', 'fields.c.min' = '-3',
  'fields.c.max' = '3', 'fields.h.length' = '12', 'fields.j.length' = '5', 'fields.k.max-past' = '10 s',
  'fields.m.null-rate' = '1', 'fields.n.min' = '0.5', 'fields.n.max' = '0.75', 'fields.o.min' = '1', 'fields.o.max' = '2');
SELECT COUNT(*), COUNT(DISTINCT c), MIN(c), MAX(c), MIN(CHAR_LENGTH(h)), MAX(CHAR_LENGTH(h)), MIN(CHAR_LENGTH(i)), COUNT(m),
  COUNT(a), COUNT(b), COUNT(DISTINCT g), MIN(n) >= 0.5, MAX(n) <= 0.75, MIN(o) >= 1, MAX(o) <= 2, COUNT(k), COUNT(l)
FROM (SELECT *, 1 AS same FROM t) GROUP BY same HAVING COUNT(*) = 500;
