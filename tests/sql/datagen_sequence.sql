-- The shortest sequence ends the input.
CREATE TABLE t (id INT, s INT, b BIGINT, st STRING, f DOUBLE, x CHAR(2), v VARCHAR(3))
WITH ('connector' = 'datagen', 'number-of-rows' = '50', 'fields.id.kind' = 'sequence', 'fields.id.start' = '1',
  'fields.id.end' = '100', 'fields.s.min' = '7', 'fields.s.max' = '7', 'fields.st.kind' = 'sequence',
  'fields.st.start' = '8', 'fields.st.end' = '19', 'fields.b.kind' = 'sequence', 'fields.b.start' = '-1',
  'fields.b.end' = '3', 
  'fields.f.kind' = 'sequence', 'fields.f.start' = '1', 'fields.f.end' = '9', 'rows-per-second' = '1000000');
SELECT id, s, b, st, f, CHAR_LENGTH(x), CHAR_LENGTH(v) FROM t;
