-- A bare SELECT prints its rows.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

SELECT ticker, amount, price, ts, CAST(NULL AS INT) AS nothing FROM trades WHERE amount < 3;
