-- No column of the record is needed.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (n BIGINT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' HOUR)) GROUP BY window_start, window_end;
