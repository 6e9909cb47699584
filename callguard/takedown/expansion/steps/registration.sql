-- registration: rows of one owner on one number that touch or overlap in time are one
-- registration, which starts with the first of them: a number ported without a gap kept its owner.
-- Intervals are half-open. A row that closed when it was registered never was open.
-- Carrier, service, agent and status are those of the row that lasts longest.
-- Reads touched and setting.
WITH fed AS (
    SELECT t.*, coalesce(t.closed_at, s.forever) AS ends_at
    FROM touched t
    CROSS JOIN setting s
    WHERE t.closed_at IS NULL OR t.closed_at > t.registered_at
),
reach AS (
    SELECT *,
        max(ends_at) OVER (
            PARTITION BY number, owner_hi, owner_lo
            ORDER BY registered_at, ends_at, carrier
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS reached
    FROM fed
),
parted AS (
    SELECT *,
        sum(CASE WHEN reached >= registered_at THEN 0 ELSE 1 END) OVER (
            PARTITION BY number, owner_hi, owner_lo
            ORDER BY registered_at, ends_at, carrier
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS part
    FROM reach
),
placed AS (
    SELECT *,
        row_number() OVER (
            PARTITION BY number, owner_hi, owner_lo, part
            ORDER BY ends_at DESC, registered_at DESC, carrier DESC
        ) AS place
    FROM parted
)
SELECT number, owner_hi, owner_lo,
    min(registered_at) AS registered_at,
    min(registered_day) AS registered_day,
    min(activated_at) AS activated_at,
    min(activated_day) AS activated_day,
    max(ends_at) AS ends_at,
    max(contested_until) AS contested_until,
    max(owner_kind) AS owner_kind,
    max(CASE WHEN place = 1 THEN service END) AS service,
    max(CASE WHEN place = 1 THEN status END) AS status,
    max(CASE WHEN place = 1 THEN carrier END) AS carrier,
    max(CASE WHEN place = 1 THEN agent END) AS agent,
    max(owner_id) AS owner_id
FROM placed
GROUP BY number, owner_hi, owner_lo, part
