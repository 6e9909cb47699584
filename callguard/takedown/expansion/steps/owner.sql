-- owner: the owners of candidates: whether every row calls them a person, how many numbers they
-- have open now, and how many of those are stopped because they were reported themselves.
-- Reads candidate, registration, judged_report and setting.
WITH asked AS (
    SELECT DISTINCT owner_hi, owner_lo FROM candidate
),
open_number AS (
    SELECT DISTINCT r.owner_hi, r.owner_lo, r.number
    FROM registration r
    CROSS JOIN setting s
    WHERE r.registered_at <= s.now_at AND r.ends_at > s.now_at
),
counted AS (
    SELECT n.owner_hi, n.owner_lo, count(*) AS open_numbers, count(j.number) AS stopped
    FROM open_number n
    LEFT JOIN judged_report j ON j.number = n.number AND j.reason IS NULL
    GROUP BY n.owner_hi, n.owner_lo
),
kind AS (
    SELECT owner_hi, owner_lo, max(owner_kind) AS owner_kind
    FROM registration
    GROUP BY owner_hi, owner_lo
)
SELECT a.owner_hi, a.owner_lo, k.owner_kind, c.open_numbers, c.stopped
FROM asked a
JOIN kind k ON k.owner_hi = a.owner_hi AND k.owner_lo = a.owner_lo
JOIN counted c ON c.owner_hi = a.owner_hi AND c.owner_lo = a.owner_lo
