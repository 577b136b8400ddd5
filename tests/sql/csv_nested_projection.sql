-- Elements between colons, dates and numbers among them; not all columns are wanted.
CREATE TABLE t (d ARRAY<DATE>, r ROW<p DECIMAL(10, 2), ts TIMESTAMP(3), f BOOLEAN, b BYTES>, n INT)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'csv', 'csv.array-element-delimiter' = '|');
SELECT n, r.p + 1 AS p, r.ts AS ts, r.f AS f, r.b AS b FROM t;
