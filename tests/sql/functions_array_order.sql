-- ARRAY_SORT and ARRAY_SLICE, SPLIT.
CREATE TABLE input (id INT, a ARRAY<INT>, b ARRAY<INT>, e INT, s ARRAY<STRING>) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, ARRAY_SORT(a), ARRAY_SORT(a, FALSE), ARRAY_SORT(a, TRUE, FALSE), ARRAY_SORT(a, FALSE, TRUE), ARRAY_SORT(s), ARRAY_SLICE(a, 2), ARRAY_SLICE(a, e), ARRAY_SLICE(a, 2, 3), ARRAY_SLICE(a, e, -1), ARRAY_SLICE(a, 0, 1), ARRAY_SLICE(a, 3, 1), ARRAY_SLICE(a, -3, e),
  SPLIT(s[1] || ',,' || s[2], ','), SPLIT(s[1], ''), CARDINALITY(SPLIT('', ',')), ELEMENT(ARRAY_SLICE(a, 1, 1))
FROM input;
