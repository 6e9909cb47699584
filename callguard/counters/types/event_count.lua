-- event_count. What is counted: true. The figure: a number.
--
-- Entries: a bucket, its events. Then the newest bucket, and the events in the window that ends there.
local EVENTS, EVENTS_LENGTH = '<I6I5', 11

function types.event_count(key, bucket, again, parts, _, ttl)
  local matched = take() and not again
  local state = call('GET', key) or ''
  local newest, number, first, last = bucket, 0, 1, max(#state - EVENTS_LENGTH, 0)
  if last > 0 then
    newest, number = read(EVENTS, state, last + 1)
    if bucket <= newest - parts then return give(false) end
    while first <= last do
      local passed, events = read(EVENTS, state, first)
      if passed > bucket - parts then break end
      number, first = number - events, first + EVENTS_LENGTH
    end
  end
  if not matched then return give(number > 0 and number) end
  local from, to = located(state, EVENTS_LENGTH, first, last, bucket)
  local events = 0
  if to > from then _, events = read(EVENTS, state, from) end
  local total = pack(EVENTS, max(newest, bucket), number + 1)
  put(key, state, first, last, from, to, pack(EVENTS, bucket, events + 1), total, ttl)
  return give(number + 1)
end
