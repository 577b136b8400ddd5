-- Views, WITH and sub-selects are read through; the row time survives all three.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (name STRING, big DOUBLE)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

CREATE VIEW loud (name, p, t) AS SELECT UPPER(ticker || 'x'), price * 2, ts FROM trades WHERE price > 1;
INSERT INTO results
WITH named AS (SELECT name AS n, p, t FROM loud)
SELECT n, MAX(p)
FROM (SELECT n, p, t AS moment FROM named WHERE n <> 'BX') AS inner_
GROUP BY TUMBLE(moment, INTERVAL '1' MINUTE), n;
