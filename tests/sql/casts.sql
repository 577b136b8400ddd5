-- CAST cuts towards zero and rounds decimals HALF_UP; TRY_CAST answers NULL where CAST would fail.

CREATE TABLE input (id INT, a INT, b INT, s STRING, d DECIMAL(10, 2), x DOUBLE, f BOOLEAN)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (id INT, cut INT, dec_ DECIMAL(5, 2), tried INT, bool_text STRING, double_text STRING, number_text STRING, day_ DATE, ts_ TIMESTAMP(3))
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT id, CAST(x AS INT), CAST(x AS DECIMAL(5, 2)), TRY_CAST(s AS INT), CAST(f AS STRING),
  CAST(x AS STRING), CAST(d AS STRING), CAST('2024-02-29' AS DATE), CAST('2024-02-29 12:34:56.789' AS TIMESTAMP(3))
FROM input;
