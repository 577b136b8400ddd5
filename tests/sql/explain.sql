CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (t STRING, top DOUBLE)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

EXPLAIN INSERT INTO results
SELECT UPPER(ticker) AS t, MAX(price) AS top FROM trades WHERE amount > 1
GROUP BY HOP(ts, INTERVAL '60' SECOND, INTERVAL '90' SECOND), ticker;
