-- A row sees the watermark of the rows before it.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (amount INT, w TIMESTAMP(3))
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results SELECT amount, CURRENT_WATERMARK(ts) FROM trades WHERE amount <> 2;
