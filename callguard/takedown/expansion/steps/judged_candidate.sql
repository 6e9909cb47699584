-- judged_candidate: candidates after the caps and the last number; reason null means an order.
-- More candidates than the cap allows for one owner or one report: none of them, for a person to
-- look at. If orders would cover every number that the owner has open, the one held longest stays.
-- Reads spared and setting.
WITH counted AS (
    SELECT *,
        count(CASE WHEN reason IS NULL THEN 1 END) OVER (PARTITION BY owner_hi, owner_lo) AS of_owner,
        count(CASE WHEN reason IS NULL THEN 1 END) OVER (PARTITION BY report_no) AS of_report
    FROM spared
),
capped AS (
    SELECT c.report_no, c.number, c.owner_hi, c.owner_lo, c.registered_at, c.activated_at,
        c.service, c.carrier, c.owner_id, c.days_apart, c.open_numbers, c.stopped, c.owner_kind,
        c.of_owner, c.of_report,
        CASE
            WHEN c.reason IS NOT NULL THEN c.reason
            WHEN c.of_owner > s.owner_cap THEN 'owner_cap'
            WHEN c.of_report > s.report_cap THEN 'report_cap'
        END AS reason
    FROM counted c
    CROSS JOIN setting s
),
remaining AS (
    SELECT *,
        count(CASE WHEN reason IS NULL THEN 1 END) OVER (PARTITION BY owner_hi, owner_lo) AS ordered,
        row_number() OVER (
            PARTITION BY owner_hi, owner_lo, CASE WHEN reason IS NULL THEN 1 ELSE 0 END
            ORDER BY registered_at, number, report_no
        ) AS place
    FROM capped
)
SELECT report_no, number, owner_hi, owner_lo, registered_at, activated_at, service, carrier,
    owner_id, days_apart, owner_kind, open_numbers, of_owner, of_report,
    CASE
        WHEN reason IS NULL AND place = 1 AND ordered + stopped >= open_numbers THEN 'last_number'
        ELSE reason
    END AS reason
FROM remaining
