-- compare: rows
CREATE TABLE n (id INT, k STRING, v INT, s STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE l (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW vers AS SELECT id, k, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM l) WHERE rn = 1;
SELECT n.id, vers.id FROM n JOIN vers FOR SYSTEM_TIME AS OF n.ts ON n.k = vers.k AND n.ts >= vers.ts AND n.ts <= vers.ts + INTERVAL '2' SECOND;
SELECT n.id, vers.id FROM n LEFT JOIN vers FOR SYSTEM_TIME AS OF n.ts ON n.k = vers.k AND n.ts <= vers.ts + INTERVAL '2' SECOND AND vers.v > 15;
SELECT n.id, vers.id FROM n JOIN vers FOR SYSTEM_TIME AS OF n.ts ON n.k = vers.k WHERE n.ts < vers.ts + INTERVAL '2' SECOND;
SELECT n.id, vers.id FROM n JOIN vers FOR SYSTEM_TIME AS OF n.ts ON n.k = vers.k AND n.ts BETWEEN vers.ts + INTERVAL '1' SECOND AND vers.ts + INTERVAL '20' SECOND;
SELECT n.id, vers.id FROM n JOIN vers FOR SYSTEM_TIME AS OF n.ts ON n.k = vers.k AND n.ts = vers.ts;
