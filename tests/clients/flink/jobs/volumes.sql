-- Times as SQL writes them, windows over windows: the busiest ten seconds of each minute. Means of DECIMAL:
-- Flink adds up DOUBLE in an order that depends on when its watermarks come.
CREATE TABLE trades (
  event_time TIMESTAMP(3),
  ticker STRING,
  price DOUBLE,
  amount INT,
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  @kinesis@, 'stream' = '@in1@', 'scan.stream.initpos' = 'TRIM_HORIZON', 'format' = 'json'
);
CREATE TABLE volumes (
  ticker STRING,
  minute_start TIMESTAMP(3),
  busiest BIGINT,
  trades BIGINT,
  mean_price DECIMAL(38, 6)
) PARTITIONED BY (ticker) WITH (
  @kinesis@, 'stream' = '@out@', 'sink.flush-buffer.timeout' = '200', 'format' = 'json'
);
CREATE VIEW tens AS
SELECT ticker, window_time AS at_time, SUM(CAST(amount AS BIGINT)) AS volume, COUNT(*) AS trades,
  AVG(CAST(price AS DECIMAL(10, 2))) AS mean_price
FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(event_time), INTERVAL '10' SECOND))
GROUP BY ticker, window_start, window_end, window_time;
INSERT INTO volumes
SELECT ticker, window_start, MAX(volume), SUM(trades), MIN(mean_price)
FROM TABLE(TUMBLE(TABLE tens, DESCRIPTOR(at_time), INTERVAL '1' MINUTE))
GROUP BY ticker, window_start, window_end;
