-- Counters over sliding windows; the sentences are those of docs/semantics.md, "Correlations".
--
-- KEYS: every counter key and id marker of the records.
-- ARGV[1]: how many seconds an id marker lives.
-- ARGV[2]: the key of a copy to work on, so that nothing is changed; empty to count.
-- ARGV[3]: MessagePack of one flat list: the number of series; kind, parts, keep and ttl of each;
--   the number of records; then each record: the place of its id marker in KEYS (0: none), its
--   number of steps, and each step: the places of its series and of its key, its bucket, and what
--   it counts, false if nothing:
--     kind 1, event_count: true
--     kind 2, value_count: the value, 16 bytes
--     kind 3, value_sum and value_avg: high, low, where the value is high * 2^32 + low
--     kind 4, temporal, and 5, temporal_ordered: how many rules matched, and each of them, from 0
-- The answer: MessagePack of one flat list. Each step's figure: false if there is none, a text if
-- it could not be counted, otherwise a number; for kind 3 number, high, low; for kind 4 how many
-- rules were seen, and each of them.
-- Numbers go to redis.call as they are, with all digits; Lua alone would write 1e+15.

-- While a library is loaded these do not exist yet.
local call, pack, read, floor, max
local data, at, answer, size

local function take()
  at = at + 1
  return data[at]
end

local function give(value)
  size = size + 1
  answer[size] = value
end

-- ttl is a little more than a group must live, so that not every event has to renew it.
local SLACK = 60

local function renew(key, ttl)
  if call('TTL', key) < ttl - SLACK then call('EXPIRE', key, ttl) end
end

-- Most states are strings: up to `last` entries of `length` bytes in the order of their buckets. So
-- a step touches the beginning, where buckets pass out of the window, and the end, where events come
-- in. This is where the entry of a bucket stands and ends; twice where it belongs if there is none.
local function located(state, length, first, last, bucket)
  local here = last - length + 1
  while here >= first do
    local found = read('<I6', state, here)
    if found == bucket then return here, here + length end
    if found < bucket then return here + length, here + length end
    here = here - length
  end
  return first, first
end

-- Writes an entry and what follows all entries. Where nothing else changes, and that is much, only
-- these are written: replicas and files on disk have to be told every byte.
local LONG = 128

local function put(key, state, first, last, from, to, entry, total, ttl)
  if #state > LONG and first == 1 and from < to and to > last then
    call('SETRANGE', key, from - 1, entry .. total)
    return renew(key, ttl)
  end
  state = state:sub(first, from - 1) .. entry .. state:sub(to, last) .. total
  call('SET', key, state, 'EX', ttl)
end

-- Entries: a bucket, its events. Then the head, and the events in the window that ends there.
local EVENTS, EVENTS_LENGTH = '<I6I5', 11

local function event_count(key, bucket, again, parts, _, ttl)
  local matched = take() and not again
  local state = call('GET', key) or ''
  local head, number, first, last = bucket, 0, 1, max(#state - EVENTS_LENGTH, 0)
  if last > 0 then
    head, number = read(EVENTS, state, last + 1)
    if bucket <= head - parts then return give(false) end
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
  local total = pack(EVENTS, max(head, bucket), number + 1)
  put(key, state, first, last, from, to, pack(EVENTS, bucket, events + 1), total, ttl)
  return give(number + 1)
end

-- As event_count, and with each number the sum of the values as high * 2^32 + low.
local SUMS, SUMS_LENGTH = '<I6I5i6I4', 21

local function carried(high, low)
  local carry = floor(low / 4294967296)
  return high + carry, low - carry * 4294967296
end

local function value_sum(key, bucket, again, parts, _, ttl)
  local high = take()
  local low = high and take()
  local state = call('GET', key) or ''
  local head, number, above, below = bucket, 0, 0, 0
  local first, last = 1, max(#state - SUMS_LENGTH, 0)
  if last > 0 then
    head, number, above, below = read(SUMS, state, last + 1)
    if bucket <= head - parts then return give(false) end
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
    local total = pack(SUMS, max(head, bucket), number, above, below)
    put(key, state, first, last, from, to, pack(SUMS, bucket, events + 1, high, low), total, ttl)
  elseif number == 0 then
    return give(false)
  end
  give(number); give(above); give(below)
end

-- Entries: a value's newest bucket, the value. Only the `keep` newest values stay: while one that
-- went would count, so would all of these.
local VALUE_LENGTH = 22

local function few_values(key, bucket, value, parts, keep, ttl)
  local state, first = call('GET', key) or '', 1
  if state ~= '' then
    local head = read('<I6', state, #state - VALUE_LENGTH + 1)
    if bucket <= head - parts then return give(false) end
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
      local _, place = located(state, VALUE_LENGTH, first, #state, bucket)
      state = state:sub(first, place - 1) .. pack('<I6', bucket) .. value .. state:sub(place)
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
  local head = tonumber(call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2])
  if head and bucket <= head - parts then return give(false) end
  local number
  if value then
    if head and bucket - parts >= head then
      call('UNLINK', key)
    elseif head and bucket > head then
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
    number = call('ZCOUNT', key, max(head or bucket, bucket) - parts + 1, '+inf')
  end
  return give(number > 0 and number)
end

-- Up to this many values are kept in a string.
local FEW = 64

local function value_count(key, bucket, again, parts, keep, ttl)
  local value = take()
  local counted = keep <= FEW and few_values or many_values
  return counted(key, bucket, not again and value, parts, keep, ttl)
end

local function take_rules(again)
  local rules = {}
  for index = 1, take() or 0 do rules[index] = take() end
  return again and {} or rules
end

-- A string: for each rule the number after that of its newest bucket; 0 for a rule never matched.
local function temporal(key, bucket, again, parts, rules, ttl)
  local matched = take_rules(again)
  local state = call('GET', key)
  local newest, head = {}, nil
  for rule = 1, rules do
    local last = state and read('<I6', state, 6 * rule - 5) or 0
    newest[rule] = last
    if last > 0 then head = max(head or 0, last - 1) end
  end
  if head and bucket <= head - parts then return give(false) end
  if #matched > 0 then
    for _, rule in ipairs(matched) do newest[rule + 1] = max(newest[rule + 1], bucket + 1) end
    local changed = ''
    for rule = 1, rules do changed = changed .. pack('<I6', newest[rule]) end
    call('SET', key, changed, 'EX', ttl)
  end
  local after, seen = max(head or bucket, bucket) - parts, {}
  for rule = 1, rules do
    if newest[rule] > max(after + 1, 0) then seen[#seen + 1] = rule - 1 end
  end
  if #seen == 0 then return give(false) end
  give(#seen)
  for _, rule in ipairs(seen) do give(rule) end
end

-- A sorted set. Members: a bucket and a rule that it matched, with the score rule * width + bucket,
-- so that a rule's first bucket from any bucket on is found at once. And the head's, with a score
-- below all of these. Above 2^53 Lua numbers have gaps.
local function temporal_ordered(key, bucket, again, parts, rules, ttl)
  local matched = take_rules(again)
  local width = floor(9007199254740992 / rules)
  if bucket >= width then error('a time that lies too far ahead for ' .. rules .. ' rules') end
  local head = call('ZSCORE', key, 'head')
  head = head and -1 - tonumber(head)
  if head and bucket <= head - parts then return give(false) end
  local newest = max(head or bucket, bucket)
  if #matched > 0 then
    local members = {-1 - newest, 'head'}
    for _, rule in ipairs(matched) do
      members[#members + 1] = rule * width + bucket
      members[#members + 1] = pack('<I6I2', bucket, rule)
    end
    if head and bucket - parts >= head then
      call('UNLINK', key)
    -- What passed out of the window is never asked for: an eighth of a window may gather.
    elseif head and floor(bucket * 8 / parts) > floor(head * 8 / parts) then
      for rule = 0, rules - 1 do
        call('ZREMRANGEBYSCORE', key, rule * width, rule * width + bucket - parts)
      end
    end
    call('ZADD', key, unpack(members))
    renew(key, ttl)
  elseif not head or bucket - parts >= head then
    return give(false)
  end
  local from, number = max(0, newest - parts + 1), 0
  while number < rules do
    local base = number * width
    local found = call('ZRANGEBYSCORE', key, base + from, base + width - 1, 'LIMIT', 0, 1)[1]
    if not found then break end
    from, number = read('<I6', found), number + 1
  end
  return give(number)
end

local KINDS = {event_count, value_count, value_sum, temporal, temporal_ordered}

-- Each kind takes all that it has to take before it asks for anything: after an error the next step
-- begins where it should.
local function step(keys, again, copy)
  local series, key, bucket = 4 * take() - 2, keys[take()], take()
  local kind, parts, keep, ttl = unpack(data, series, series + 3)
  if copy ~= '' then
    call('COPY', key, copy, 'REPLACE')
    key = copy
  end
  local before = size
  local done, fault = pcall(KINDS[kind], key, bucket, again, parts, keep, ttl)
  if copy ~= '' then call('DEL', copy) end
  if not done then
    local text = type(fault) == 'table' and fault.err or tostring(fault)
    -- An error of the server concerns all steps, unless this key holds something else.
    if text:find('^%u+ ') and not text:find('^WRONGTYPE') then error(fault, 0) end
    size = before
    give(text)
  end
end

local function steps(keys, argv)
  call, pack, read, floor, max = redis.call, struct.pack, struct.unpack, math.floor, math.max
  data, at, answer, size = cmsgpack.unpack(argv[3]), 0, {}, 0
  at = 4 * take() + 1
  for _ = 1, take() do
    local marker, number = take(), take()
    local again = marker > 0 and not call('SET', keys[marker], '1', 'NX', 'EX', argv[1])
    for _ = 1, number do step(keys, again, argv[2]) end
  end
  return cmsgpack.pack(answer)
end

redis.register_function('@NAME@', steps)
