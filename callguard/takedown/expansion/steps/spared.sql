-- spared: candidates with the first reason for which one is left out whatever the others do.
-- A number that is stopped itself is a duplicate. A number to which several reports lead stands
-- once, for the first report that may have it ordered, and once more as a duplicate.
-- Reads candidate, owner, judged_report, protected and setting.
WITH stopped AS (
    SELECT number FROM judged_report WHERE reason IS NULL
),
shielded AS (
    SELECT report_no FROM judged_report WHERE reason IN ('protected', 'restored')
),
judged AS (
    SELECT c.*, o.open_numbers, o.stopped, o.owner_kind,
        CASE
            WHEN o.owner_kind <> s.person THEN 'not_person'
            WHEN g.report_no IS NOT NULL THEN 'report_protected'
            WHEN x.number IS NOT NULL THEN x.reason
            WHEN c.contested_until > s.now_at THEN 'ambiguous_owner'
            WHEN t.number IS NOT NULL THEN 'duplicate'
        END AS reason
    FROM candidate c
    CROSS JOIN setting s
    JOIN owner o ON o.owner_hi = c.owner_hi AND o.owner_lo = c.owner_lo
    LEFT JOIN shielded g ON g.report_no = c.report_no
    LEFT JOIN protected x ON x.number = c.number
    LEFT JOIN stopped t ON t.number = c.number
),
placed AS (
    SELECT *,
        row_number() OVER (
            PARTITION BY owner_hi, owner_lo, number
            ORDER BY CASE WHEN reason IS NULL THEN 0 ELSE 1 END, report_no
        ) AS place,
        count(CASE WHEN reason IS NULL THEN 1 END) OVER (
            PARTITION BY owner_hi, owner_lo, number
        ) AS possible
    FROM judged
)
SELECT report_no, number, owner_hi, owner_lo, registered_at, activated_at, service, carrier,
    owner_id, days_apart, open_numbers, stopped, owner_kind,
    CASE WHEN place > 1 THEN 'duplicate' ELSE reason END AS reason
FROM placed
WHERE place = 1 OR (place = 2 AND possible > 0)
