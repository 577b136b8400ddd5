-- Nested values as rows print them, and as texts.
CREATE TABLE input (id INT, a ARRAY<INT>, b ARRAY<INT>, m MAP<STRING, INT>, r ROW<p INT, q ROW<u STRING, v ARRAY<DOUBLE>>>, s ARRAY<STRING>) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT *, CAST(a AS STRING), CAST(m AS STRING), CAST(r AS STRING), CAST(s AS STRING) FROM input;
