-- Trades of two streams in the same ticker within two seconds.
CREATE TABLE here (
  event_time TIMESTAMP(3),
  ticker STRING,
  price DOUBLE,
  amount INT,
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  @kinesis@, 'stream' = '@in1@', 'scan.stream.initpos' = 'TRIM_HORIZON',
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'
);
CREATE TABLE there (
  event_time TIMESTAMP(3),
  ticker STRING,
  price DOUBLE,
  amount INT,
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  @kinesis@, 'stream' = '@in2@', 'scan.stream.initpos' = 'TRIM_HORIZON',
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'
);
CREATE TABLE pairs (
  ticker STRING,
  at_here TIMESTAMP(3),
  at_there TIMESTAMP(3),
  difference DECIMAL(10, 2)
) PARTITIONED BY (ticker) WITH (
  @kinesis@, 'stream' = '@out@', 'sink.flush-buffer.timeout' = '200', 'format' = 'json'
);
INSERT INTO pairs
SELECT here.ticker, CAST(here.event_time AS TIMESTAMP(3)), CAST(there.event_time AS TIMESTAMP(3)),
  CAST(there.price - here.price AS DECIMAL(10, 2))
FROM here JOIN there ON here.ticker = there.ticker
  AND there.event_time BETWEEN here.event_time - INTERVAL '2' SECOND AND here.event_time + INTERVAL '2' SECOND;
