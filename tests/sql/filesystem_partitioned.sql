-- Every type that can name a directory; NULL and '' have the default name, characters of paths are escaped.
CREATE TABLE s (a INT, s STRING, n INT, d DATE, b BOOLEAN, ts TIMESTAMP(3), x DOUBLE, p DECIMAL(10, 2), z TIME, l BIGINT)
PARTITIONED BY (s, n, d, b, ts, x, p, z)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO s VALUES
  (1, 'a b', 1, DATE '2024-01-02', TRUE, TIMESTAMP '2024-01-02 03:04:05.120', 1.5, 2.50, TIME '10:11:12', 7),
  (2, 'ä/=%:"#*?\{[]^', -2, DATE '1969-12-31', FALSE, TIMESTAMP '2024-01-02 03:04:00', 1e20, 100.00, TIME '00:00:00', 8),
  (3, '', CAST(NULL AS INT), CAST(NULL AS DATE), CAST(NULL AS BOOLEAN), CAST(NULL AS TIMESTAMP(3)),
   CAST(NULL AS DOUBLE), CAST(NULL AS DECIMAL(10, 2)), CAST(NULL AS TIME), 9);
