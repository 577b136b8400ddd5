-- Functions on arrays, element by element.
CREATE TABLE input (id INT, a ARRAY<INT>, b ARRAY<INT>, e INT, s ARRAY<STRING>) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, ARRAY_APPEND(a, e), ARRAY_PREPEND(a, e), ARRAY_CONCAT(a, b, ARRAY[9]), ARRAY_CONTAINS(a, e), ARRAY_CONTAINS(a, CAST(NULL AS INT)), ARRAY_DISTINCT(a), ARRAY_EXCEPT(a, b), ARRAY_INTERSECT(a, b), ARRAY_UNION(a, b),
  ARRAY_POSITION(a, e), ARRAY_REMOVE(a, e), ARRAY_REVERSE(a), ARRAY_MAX(a), ARRAY_MIN(a), ARRAY_MAX(s), ARRAY_JOIN(s, '-'), ARRAY_JOIN(s, '-', 'null')
FROM input;
