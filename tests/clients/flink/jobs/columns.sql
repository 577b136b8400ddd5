-- Row by row, from two shards: functions, a condition, where each row came from. Some records are aggregated
-- by the KPL's rules.
CREATE TABLE trades (
  event_time STRING,
  ticker STRING,
  price DOUBLE,
  amount INT,
  shard STRING METADATA FROM 'shard-id' VIRTUAL
) WITH (
  @kinesis@, 'stream' = '@in1@', 'scan.stream.initpos' = 'TRIM_HORIZON', 'format' = 'json'
);
CREATE TABLE lines (
  ticker STRING,
  price DOUBLE,
  cost DECIMAL(12, 2),
  `size` STRING,
  second_of STRING,
  shard STRING
) PARTITIONED BY (ticker, `size`) WITH (
  @kinesis@, 'stream' = '@out@', 'sink.flush-buffer.timeout' = '200', 'format' = 'json'
);
INSERT INTO lines
SELECT UPPER(ticker), ROUND(price, 1), CAST(price * amount AS DECIMAL(12, 2)),
  CASE WHEN amount >= 500 THEN 'large' WHEN amount >= 100 THEN 'round' ELSE 'odd' END,
  SUBSTRING(event_time FROM 12 FOR 8), shard
FROM trades
WHERE price > 20 OR ticker = 'END';
