-- OVERLAPS of periods with an end or a length; they may touch, and be turned around.
CREATE TABLE input (id INT, a TIMESTAMP(3), b TIMESTAMP(3), c TIMESTAMP(3), d TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, (a, b) OVERLAPS (c, d), (a, INTERVAL '1' HOUR) OVERLAPS (c, INTERVAL '2' HOUR), (b, a) OVERLAPS (d, c),
  (TIME '9:00:00', TIME '10:00:00') OVERLAPS (TIME '10:15:00', INTERVAL '3' HOUR), (DATE '2020-01-01', DATE '2020-01-05') OVERLAPS (DATE '2020-01-05', DATE '2020-01-09')
FROM input;
