-- value_sum and value_avg. What is counted: high, low, where the value is high * 2^32 + low. The
-- figure: number, high, low.
--
-- Entries: a bucket, the number of its values, their sum as high and low. Then the newest bucket, and
-- number and sum in the window that ends there.
local SUMS, SUMS_LENGTH = '<I6I5i6I4', 21

local function carried(high, low)
  local carry = floor(low / 4294967296)
  return high + carry, low - carry * 4294967296
end

function types.value_sum(key, bucket, again, parts, _, ttl)
  local high = take()
  local low = high and take()
  local state = call('GET', key) or ''
  local newest, number, above, below = bucket, 0, 0, 0
  local first, last = 1, max(#state - SUMS_LENGTH, 0)
  if last > 0 then
    newest, number, above, below = read(SUMS, state, last + 1)
    if bucket <= newest - parts then return give(false) end
    while first <= last do
      local passed, events, h, l = read(SUMS, state, first)
      if passed > bucket - parts then break end
      number, above, below = number - events, above - h, below - l
      first = first + SUMS_LENGTH
    end
  end
  if high and not again then
    number, above, below = number + 1, above + high, below + low
    local from, to = located(state, SUMS_LENGTH, first, last, bucket)
    local events = 0
    if to > from then
      local _, n, h, l = read(SUMS, state, from)
      events, high, low = n, high + h, low + l
    end
    high, low = carried(high, low)
    above, below = carried(above, below)
    local total = pack(SUMS, max(newest, bucket), number, above, below)
    put(key, state, first, last, from, to, pack(SUMS, bucket, events + 1, high, low), total, ttl)
  elseif number == 0 then
    return give(false)
  end
  give(number); give(above); give(below)
end
