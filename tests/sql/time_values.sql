-- TIME and timestamps of nine digits through casts and texts.
CREATE TABLE input (id INT, t TIME, ts TIMESTAMP(9), l TIMESTAMP_LTZ(9)) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, t, ts, l, CAST(ts AS TIMESTAMP(3)), CAST(ts AS STRING), CAST(l AS STRING), CAST(ts AS TIME), CAST(t AS STRING), ts > TIMESTAMP '2024-01-01 00:00:00.123456788', EXTRACT(NANOSECOND FROM ts), TIME '10:11:12', CAST('10:11:12.345' AS TIME), CAST(ts AS DATE)
FROM input;
