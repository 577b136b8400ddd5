-- TO_TIMESTAMP_LTZ of texts, with a pattern and a zone.
CREATE TABLE input (id INT, s STRING, z STRING) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, TO_TIMESTAMP_LTZ(s), TO_TIMESTAMP_LTZ(s, 'yyyy-MM-dd HH:mm:ss'), TO_TIMESTAMP_LTZ(s, 'yyyy-MM-dd HH:mm:ss', z) FROM input;
