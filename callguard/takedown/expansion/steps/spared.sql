-- spared: candidates with the first reason for which one is left out whatever the others do.
-- A number that is stopped itself is a duplicate. A number to which several reports lead is here
-- once, for the first report that may have it ordered, and once more as a duplicate, for the last.
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
-- Counted, not ranked: owners of many reported numbers have as many rows as the product of both.
choice AS (
    SELECT owner_hi, owner_lo, number,
        min(CASE WHEN reason IS NULL THEN report_no END) AS chosen,
        min(report_no) AS first_report,
        max(report_no) AS last_report
    FROM judged
    GROUP BY owner_hi, owner_lo, number
)
SELECT j.report_no, j.number, j.owner_hi, j.owner_lo, j.registered_at, j.activated_at, j.service,
    j.carrier, j.owner_id, j.days_apart, j.open_numbers, j.stopped, j.owner_kind,
    CASE WHEN j.report_no <> c.chosen THEN 'duplicate' ELSE j.reason END AS reason
FROM judged j
JOIN choice c
  ON c.number = j.number AND c.owner_hi = j.owner_hi AND c.owner_lo = j.owner_lo
WHERE j.report_no = coalesce(c.chosen, c.first_report)
   OR j.report_no = CASE
       WHEN c.chosen IS NULL THEN c.first_report
       WHEN c.last_report <> c.chosen THEN c.last_report
       ELSE c.first_report
   END
