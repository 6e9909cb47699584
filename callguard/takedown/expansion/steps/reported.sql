-- reported: every report with the registration of its number that was open at the incident, and
-- how many owners held the number then: holders 0 leads nowhere, and so does more than 1.
-- Reads report and registration.
WITH held AS (
    SELECT p.report_no, r.owner_hi, r.owner_lo, r.registered_at, r.registered_day, r.activated_at,
        r.activated_day, r.ends_at, r.contested_until, r.owner_kind, r.service, r.carrier, r.owner_id,
        count(*) OVER (PARTITION BY p.report_no) AS holders,
        row_number() OVER (PARTITION BY p.report_no ORDER BY r.owner_hi, r.owner_lo) AS place
    FROM report p
    JOIN registration r
      ON r.number = p.number
     AND r.registered_at <= p.incident_at
     AND r.ends_at > p.incident_at
)
SELECT p.report_no, p.number, p.incident_at, h.owner_hi, h.owner_lo, h.registered_at, h.registered_day,
    h.activated_at, h.activated_day, h.ends_at, h.contested_until, h.owner_kind, h.service,
    h.carrier, h.owner_id, coalesce(h.holders, 0) AS holders
FROM report p
LEFT JOIN held h ON h.report_no = p.report_no AND h.place = 1
