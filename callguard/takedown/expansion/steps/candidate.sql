-- candidate: the same owner's other numbers, open now, whose registration or activation is
-- within the window (days, inclusive) of the reported registration's. One hop: only owners of
-- reported numbers are asked, never owners of candidates.
-- Reads reported, registration and setting.
SELECT q.report_no, r.number, r.owner_hi, r.owner_lo, r.registered_at, r.activated_at,
    r.contested_until, r.service, r.carrier, r.owner_id,
    least(
        abs(r.registered_day - q.registered_day),
        abs(r.activated_day - q.activated_day)
    ) AS days_apart
FROM reported q
JOIN registration r
  ON r.owner_hi = q.owner_hi
 AND r.owner_lo = q.owner_lo
 AND r.number <> q.number
CROSS JOIN setting s
WHERE q.holders = 1
  AND r.registered_at <= s.now_at
  AND r.ends_at > s.now_at
  AND (
      abs(r.registered_day - q.registered_day) <= s.window_days
      OR abs(r.activated_day - q.activated_day) <= s.window_days
  )
