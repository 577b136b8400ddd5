-- A negative offset: windows of 10 s begin at ...:54, :04, :14.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (start_ TIMESTAMP(3), end_ TIMESTAMP(3), n BIGINT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT window_start, window_end, COUNT(*)
FROM TABLE(TUMBLE(
  DATA => TABLE trades,
  TIMECOL => DESCRIPTOR(ts),
  SIZE => INTERVAL '10' SECOND,
  `OFFSET` => INTERVAL -'6' SECOND))
GROUP BY window_start, window_end;
