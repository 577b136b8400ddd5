CREATE TABLE l (id INT, k STRING, side STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE o (a TIMESTAMP(3), b TIMESTAMP(3), c TIMESTAMP(3), lid INT, rid INT) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO o
SELECT CAST(l.ts AS TIMESTAMP(3)), CAST(r.ts AS TIMESTAMP(3)), l.ts, l.id, r.id
FROM l JOIN l AS r ON l.k = r.k AND r.ts BETWEEN l.ts - INTERVAL '1' SECOND AND CAST(l.ts AS TIMESTAMP(3));
