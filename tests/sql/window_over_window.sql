-- window_time is a row time again: half-minute counts, then their sum over two minutes.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (start_ TIMESTAMP(3), parts BIGINT, total BIGINT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

CREATE VIEW halves AS
SELECT window_time AS wt, COUNT(*) AS n
FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '30' SECOND))
GROUP BY window_start, window_end, window_time;
INSERT INTO results
SELECT window_start, COUNT(*), SUM(n)
FROM TABLE(TUMBLE(TABLE halves, DESCRIPTOR(wt), INTERVAL '2' MINUTE))
GROUP BY window_start, window_end;
