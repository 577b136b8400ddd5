-- LEFT: rows without a version, or whose version does not meet the condition, stand alone.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW versions AS SELECT k, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS n FROM t) WHERE n = 1;
SELECT t.id, p.v FROM t LEFT JOIN versions FOR SYSTEM_TIME AS OF t.ts AS p ON t.k = p.k AND p.v > 12;
