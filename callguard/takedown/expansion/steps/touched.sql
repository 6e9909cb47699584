-- touched: every row of the registry that the later steps can need: all rows of the reported
-- numbers, and all rows of the owners who held one of them at its incident.
-- Reads registry (rows of all segments with their segment number, base 0) and report.
-- The newest segment that has a number holds all rows of that number.
-- The hints keep Spark from moving the registry about: all else here grows with the reports only.
WITH reported_number AS (
    SELECT DISTINCT number FROM report
),
seen AS (
    SELECT /*+ BROADCAST(n) */ g.number, g.owner_hi, g.owner_lo, g.registered_at, g.closed_at,
        g.segment, max(g.segment) OVER (PARTITION BY g.number) AS newest
    FROM registry g
    JOIN reported_number n ON n.number = g.number
),
holder AS (
    SELECT DISTINCT c.owner_hi, c.owner_lo
    FROM seen c
    JOIN report p ON p.number = c.number
    WHERE c.segment = c.newest
      AND c.registered_at <= p.incident_at
      AND (c.closed_at IS NULL OR c.closed_at > p.incident_at)
),
asked AS (
    SELECT /*+ BROADCAST(n, h) */ g.*
    FROM registry g
    LEFT JOIN reported_number n ON n.number = g.number
    LEFT JOIN holder h ON h.owner_hi = g.owner_hi AND h.owner_lo = g.owner_lo
    WHERE n.number IS NOT NULL OR h.owner_hi IS NOT NULL
),
asked_number AS (
    SELECT DISTINCT number FROM asked
),
newest AS (
    SELECT /*+ BROADCAST(a) */ g.number, max(g.segment) AS segment
    FROM registry g
    JOIN asked_number a ON a.number = g.number
    GROUP BY g.number
)
SELECT a.*
FROM asked a
JOIN newest n ON n.number = a.number AND n.segment = a.segment
