-- judged_report: what becomes of each report's own number: reason null means that it is stopped.
-- Two reports of one number that both hold lead to one order, for the first of them.
-- A number is spared, for the reason that goes with it, in incidents before spared_until.
-- Reads reported, protected and setting.
WITH judged AS (
    SELECT q.*,
        CASE
            WHEN x.spared_until > q.incident_at THEN x.reason
            WHEN q.holders = 0 THEN 'no_registration_at_incident'
            WHEN q.holders > 1 THEN 'ambiguous_owner'
            WHEN q.ends_at <= s.now_at THEN 'closed'
            WHEN q.contested_until > s.now_at THEN 'ambiguous_owner'
        END AS reason
    FROM reported q
    CROSS JOIN setting s
    LEFT JOIN protected x ON x.number = q.number
),
placed AS (
    SELECT *,
        row_number() OVER (
            PARTITION BY number, CASE WHEN reason IS NULL THEN 1 ELSE 0 END
            ORDER BY report_no
        ) AS place
    FROM judged
)
SELECT report_no, number, owner_hi, owner_lo, registered_at, activated_at, owner_kind, service,
    carrier, owner_id,
    CASE WHEN reason IS NULL AND place > 1 THEN 'duplicate' ELSE reason END AS reason
FROM placed
