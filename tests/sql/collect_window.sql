-- compare: rows
CREATE TABLE n (id INT, k STRING, v INT, s STRING, a ARRAY<INT>, b ARRAY<STRING>, m MAP<STRING, INT>, r ARRAY<ROW<x INT, y STRING>>, aa ARRAY<ARRAY<INT>>, ts TIMESTAMP(3), ms MULTISET<STRING>, d DECIMAL(10, 2), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT window_start, k, COLLECT(v) FROM TABLE(TUMBLE(TABLE n, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
SELECT window_start, k, COLLECT(v), ARRAY_AGG(v) FROM TABLE(HOP(TABLE n, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
SELECT window_start, k, COLLECT(v), ARRAY_AGG(v) FROM TABLE(SESSION(TABLE n PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end, k;
SELECT window_start, window_end, k, COLLECT(v), ARRAY_AGG(v) FROM TABLE(CUMULATE(TABLE n, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
