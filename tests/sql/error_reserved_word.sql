CREATE TABLE x (
  timestamp TIMESTAMP(3)) WITH ('connector' = 'print');
