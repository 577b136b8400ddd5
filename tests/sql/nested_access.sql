-- Elements, fields, sizes; what is not there is NULL.
CREATE TABLE input (id INT, a ARRAY<INT>, b ARRAY<INT>, m MAP<STRING, INT>, r ROW<p INT, q ROW<u STRING, v ARRAY<DOUBLE>>>, s ARRAY<STRING>) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, a[1], a[2], a[9], b[id], m['k'], m['nope'], r.p, r.q.u, r.q.v[1], input.r.q.v, CARDINALITY(a), CARDINALITY(m), CARDINALITY(r.q.v), s[1] || s[2],
  r IS NULL, r.q IS NULL, a IS NOT NULL, COALESCE(a, b), CASE WHEN id = 1 THEN a ELSE ARRAY[0] END
FROM input;
