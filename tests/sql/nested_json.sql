-- ARRAY, MAP and ROW from JSON to JSON.
CREATE TABLE input (id INT, a ARRAY<INT>, b ARRAY<INT>, m MAP<STRING, INT>, r ROW<p INT, q ROW<u STRING, v ARRAY<DOUBLE>>>, s ARRAY<STRING>) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE results (id INT, a ARRAY<INT>, b ARRAY<INT>, m MAP<STRING, INT>, r ROW<p INT, q ROW<u STRING, v ARRAY<DOUBLE>>>, s ARRAY<STRING>) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO results SELECT * FROM input;
