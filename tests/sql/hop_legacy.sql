-- 90 s every 60 s: no multiple of one another, which only the group window takes.
-- Windows start at whole minutes; the row at 00:00:20 lies in [-1:00, 0:30) and [0:00, 1:30).
-- The row of 1000 comes when the watermark stands at 1:35: its only window [0:00, 1:30) is closed.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (ticker STRING, start_ TIMESTAMP(3), end_ TIMESTAMP(3), time_ TIMESTAMP(3), top DOUBLE, n BIGINT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT ticker,
  HOP_START(ts, INTERVAL '60' SECOND, INTERVAL '90' SECOND),
  HOP_END(ts, INTERVAL '60' SECOND, INTERVAL '90' SECOND),
  HOP_ROWTIME(ts, INTERVAL '60' SECOND, INTERVAL '90' SECOND),
  MAX(price), COUNT(*)
FROM trades
GROUP BY HOP(ts, INTERVAL '60' SECOND, INTERVAL '90' SECOND), ticker;
