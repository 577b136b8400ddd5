-- JSON out of values: members in the order of their names, NULL kept in objects and left out of arrays.
CREATE TABLE input (id INT, s STRING, x DOUBLE, d DECIMAL(6, 3), f BOOLEAN, ts TIMESTAMP(3), a ARRAY<INT>, r ROW<p INT, q STRING>, b BYTES) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, JSON_STRING(s), JSON_STRING(x), JSON_STRING(d), JSON_STRING(f), JSON_STRING(ts), JSON_STRING(a), JSON_STRING(r), JSON_STRING(b), JSON_STRING(MAP['k', x]),
  JSON_OBJECT('s' VALUE s, KEY 'd' VALUE d, 'n' VALUE f), JSON_OBJECT('s' VALUE s, 'x' VALUE x ABSENT ON NULL), JSON_ARRAY(s, x, f), JSON_ARRAY(s, d NULL ON NULL),
  JSON_OBJECT('in' VALUE JSON_OBJECT('a' VALUE a), 'list' VALUE JSON_ARRAY(r, JSON_ARRAY(1))), JSON_OBJECT(), JSON_ARRAY()
FROM input;
