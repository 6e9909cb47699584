-- value_count. What is counted: the value, 16 bytes. The figure: a number.

-- Entries: a value's newest bucket, the value. Only the `keep` newest values stay: while one that
-- went would count, so would all of these.
local VALUE_LENGTH = 22

local function few_values(key, bucket, value, parts, keep, ttl)
  local state, first = call('GET', key) or '', 1
  if state ~= '' then
    local newest = read('<I6', state, #state - VALUE_LENGTH + 1)
    if bucket <= newest - parts then return give(false) end
    while first <= #state and read('<I6', state, first) <= bucket - parts do
      first = first + VALUE_LENGTH
    end
  end
  if value then
    local old = state:find(value, first, true)
    while old and (old - 7) % VALUE_LENGTH ~= 0 do old = state:find(value, old + 1, true) end
    local known = old and read('<I6', state, old - 6)
    if known and known >= bucket then
      renew(key, ttl)
    else
      if old then state = state:sub(1, old - 7) .. state:sub(old + 16) end
      local _, position = located(state, VALUE_LENGTH, first, #state, bucket)
      state = state:sub(first, position - 1) .. pack('<I6', bucket) .. value .. state:sub(position)
      first = 1
      if #state > keep * VALUE_LENGTH then first = VALUE_LENGTH + 1 end
      call('SET', key, state:sub(first), 'EX', ttl)
    end
  end
  local number = (#state - first + 1) / VALUE_LENGTH
  return give(number > 0 and number)
end

-- A sorted set: each value by its newest bucket.
local function many_values(key, bucket, value, parts, keep, ttl)
  local newest = tonumber(call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2])
  if newest and bucket <= newest - parts then return give(false) end
  local number
  if value then
    if newest and bucket - parts >= newest then
      call('UNLINK', key)
    elseif newest and bucket > newest then
      call('ZREMRANGEBYSCORE', key, '-inf', bucket - parts)
    end
    call('ZADD', key, 'GT', bucket, value)
    renew(key, ttl)
    number = call('ZCARD', key)
    if number > keep then
      call('ZREMRANGEBYRANK', key, 0, number - keep - 1)
      number = keep
    end
  else
    number = call('ZCOUNT', key, max(newest or bucket, bucket) - parts + 1, '+inf')
  end
  return give(number > 0 and number)
end

-- Up to this many values are kept in a string.
local FEW = 64

function types.value_count(key, bucket, again, parts, keep, ttl)
  local value = take()
  local counted = keep <= FEW and few_values or many_values
  return counted(key, bucket, not again and value, parts, keep, ttl)
end
