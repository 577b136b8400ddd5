-- Of one value each, so that what is random is known.
CREATE TABLE t (a ARRAY<INT>, r ROW<x INT, y ROW<z CHAR(3), k ARRAY<TINYINT>>>, m MAP<INT, STRING>, ms MULTISET<INT>,
  aa ARRAY<ROW<q INT>>, d ARRAY<DOUBLE>)
WITH ('connector' = 'datagen', 'number-of-rows' = '3', 'fields.a.length' = '2', 'fields.a.element.min' = '7',
  'fields.a.element.max' = '7', 'fields.r.x.min' = '5', 'fields.r.x.max' = '5', 'fields.r.y.z.null-rate' = '1.0',
  'fields.r.y.k.length' = '1', 'fields.r.y.k.element.min' = '-3', 'fields.r.y.k.element.max' = '-3',
  'fields.m.length' = '5', 'fields.m.key.min' = '1', 'fields.m.key.max' = '1', 'fields.m.value.null-rate' = '1.0',
  'fields.ms.null-rate' = '1', 'fields.aa.kind' = 'random', 'fields.aa.element.q.min' = '4',
  'fields.aa.element.q.max' = '4', 'fields.d.length' = '0');
SELECT * FROM t;
