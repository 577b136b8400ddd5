-- Two queries over one table: both see every row.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (ticker STRING, price DOUBLE)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

CREATE TABLE counts (ticker STRING, n BIGINT)
WITH ('connector' = 'filesystem', 'path' = '${case.out2}', 'format' = 'json');

EXECUTE STATEMENT SET BEGIN
  INSERT INTO results SELECT ticker, price FROM trades WHERE price > 8;
  INSERT INTO counts SELECT ticker, COUNT(*) FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' HOUR))
    GROUP BY ticker, window_start, window_end;
END;
