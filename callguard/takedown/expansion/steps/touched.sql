-- touched: every row of the registry that the later steps can need: all rows of the reported
-- numbers, and all rows of the owners who held one of them at its incident.
-- Reads registry (rows of all segments with their segment number, base 0) and report.
-- The newest segment that has a number holds all rows of that number.
WITH newer AS (
    SELECT number, max(segment) AS segment
    FROM registry
    WHERE segment > 0
    GROUP BY number
),
current_row AS (
    SELECT g.*
    FROM registry g
    LEFT JOIN newer n ON n.number = g.number
    WHERE n.number IS NULL OR g.segment = n.segment
),
holder AS (
    SELECT DISTINCT c.owner_hi, c.owner_lo
    FROM current_row c
    JOIN report p ON p.number = c.number
    WHERE c.registered_at <= p.incident_at
      AND (c.closed_at IS NULL OR c.closed_at > p.incident_at)
),
reported_number AS (
    SELECT DISTINCT number FROM report
)
SELECT c.*
FROM current_row c
LEFT JOIN reported_number n ON n.number = c.number
LEFT JOIN holder h ON h.owner_hi = c.owner_hi AND h.owner_lo = c.owner_lo
WHERE n.number IS NOT NULL OR h.owner_hi IS NOT NULL
