-- PRINTF speaks java.util.Formatter's language; what it does not take is NULL.
CREATE TABLE input (id INT, s STRING, n INT, b BIGINT, x DOUBLE, d DECIMAL(5, 2), f BOOLEAN) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, PRINTF('%d|%5d|%-5d|%05d|%,d|%+d|%(d', n, n, n, n, b, n, n), PRINTF('%x %X %o', n, b, n),
  PRINTF('%s %10s %-10s| %.2s %S', s, s, s, s, s), PRINTF('%f %.2f %e %10.3f %,.1f', x, x, x, x, x), PRINTF('%b %s', f, f),
  PRINTF('%s', d), PRINTF('%.1f', d), PRINTF('%d', s), PRINTF('%c%%%n', 65), PRINTF('%2$s %1$s', n, s), PRINTF(s), PRINTF('%'), PRINTF('%d')
FROM input;
