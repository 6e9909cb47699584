-- Counters over sliding windows; the sentences are those of docs/semantics.md, "Correlations".
--
-- KEYS: every counter key and id marker of the records.
-- ARGV[1]: MessagePack of the records. A record is {marker, step, ...}: marker is the place of its
--   id marker in KEYS, 0 for none. A step is {kind, place of its key, bucket, matched, value, parts,
--   keep, ttl}; matched is true or false, or for the temporal kinds a list of rules, from 0.
-- ARGV[2]: how many seconds an id marker lives.
-- ARGV[3]: the key of a copy to work on, so that nothing is changed; empty to count.
-- The answer: MessagePack of one list of figures a record; false stands for no figure.

-- While a library is loaded redis.call does not exist yet.
local function call(...)
  return redis.call(...)
end

local function expire(key, ttl)
  call('EXPIRE', key, ttl)
end

-- Whole numbers as text: a Lua number alone would come out as 1e+15.
local function text(number)
  return string.format('%.0f', number)
end

-- The fields of a hash that belong to buckets from..to, which passed out of the window, and what
-- each holds. `mark` stands before the digits of a bucket.
local function passed(key, from, to, mark)
  local fields, values = {}, {}
  if to - from < 4 then
    for bucket = from, to do fields[#fields + 1] = mark .. text(bucket) end
    if #fields > 0 then values = call('HMGET', key, unpack(fields)) end
    return fields, values
  end
  -- Most groups have few buckets with anything in them: cheaper to see all of those.
  local all = call('HGETALL', key)
  local pattern = '^' .. mark .. '(%d+)$'
  for index = 1, #all, 2 do
    local bucket = tonumber(string.match(all[index], pattern))
    if bucket and bucket >= from and bucket <= to then
      fields[#fields + 1] = all[index]
      values[#values + 1] = all[index + 1]
    end
  end
  return fields, values
end

-- event_count. A hash: h the head, n the events in the window that ends there, and under each
-- bucket's digits its own number.
local function count(key, bucket, matched, parts, ttl)
  local name = text(bucket)
  local stored = call('HMGET', key, 'h', 'n', name)
  local head = tonumber(stored[1])
  if not head then
    if not matched then return false end
    call('HSET', key, 'h', name, 'n', 1, name, 1)
    expire(key, ttl)
    return 1
  end
  if bucket <= head - parts then return false end
  local number = tonumber(stored[2])
  if bucket > head then
    local fields, values = passed(key, head - parts + 1, math.min(bucket - parts, head), '')
    for index = 1, #fields do number = number - (tonumber(values[index]) or 0) end
    if matched and #fields > 0 then call('HDEL', key, unpack(fields)) end
  end
  if not matched then return number > 0 and number end
  number = number + 1
  if bucket > head then
    call('HSET', key, 'h', name, 'n', number, name, 1)
    expire(key, ttl)
  else
    call('HSET', key, 'n', number, name, (tonumber(stored[3]) or 0) + 1)
  end
  return number
end

-- value_sum, value_avg. As event_count, and s with each bucket's sm are sums of thousandths. These
-- stay strings, which HINCRBY adds as 64-bit integers: a Lua number would lose digits.
local function sum(key, bucket, matched, value, parts, ttl)
  local total = call('HGET', key, 's') or '0'
  local minus = {}
  local head = tonumber(call('HGET', key, 'h'))
  if head and bucket > head then
    local fields, values = passed(key, head - parts + 1, math.min(bucket - parts, head), 's')
    for index = 1, #fields do
      if values[index] then minus[#minus + 1] = values[index] end
    end
    if matched and #fields > 0 then call('HDEL', key, unpack(fields)) end
  end
  local number = count(key, bucket, matched, parts, ttl)
  if not number then return false end
  if not matched then return {number, total, minus} end
  for _, gone in ipairs(minus) do
    if gone ~= '0' then call('HINCRBY', key, 's', '-' .. gone) end
  end
  call('HINCRBY', key, 's' .. text(bucket), value)
  call('HINCRBY', key, 's', value)
  return {number, call('HGET', key, 's'), {}}
end

-- value_count. A sorted set: each value's newest bucket. Only the `keep` newest values stay; while
-- one that went would count, so would all of these.
local function distinct(key, bucket, matched, value, parts, keep, ttl)
  local head = tonumber(call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2])
  if not head then
    if not matched then return false end
    call('ZADD', key, text(bucket), value)
    expire(key, ttl)
    return 1
  end
  if bucket <= head - parts then return false end
  local number
  if matched then
    call('ZADD', key, 'GT', text(bucket), value)
    if bucket > head then
      call('ZREMRANGEBYSCORE', key, '-inf', text(bucket - parts))
      expire(key, ttl)
    end
    number = call('ZCARD', key)
    if number > keep then
      call('ZREMRANGEBYRANK', key, 0, number - keep - 1)
      number = keep
    end
  else
    local after = '(' .. text(math.max(head, bucket) - parts)
    number = math.min(call('ZCOUNT', key, after, '+inf'), keep)
  end
  return number > 0 and number
end

-- temporal. A hash: each rule's newest bucket. `matched` lists rules. The answer lists rules too.
local function temporal(key, bucket, matched, parts, ttl)
  local stored = call('HGETALL', key)
  local newest, head = {}, nil
  for index = 1, #stored, 2 do
    local last = tonumber(stored[index + 1])
    newest[stored[index]] = last
    head = math.max(head or last, last)
  end
  if not head and #matched == 0 then return false end
  if head and bucket <= head - parts then return false end
  for _, rule in ipairs(matched) do
    rule = text(rule)
    if bucket > (newest[rule] or -1) then
      newest[rule] = bucket
      call('HSET', key, rule, text(bucket))
    end
  end
  if #matched > 0 then expire(key, ttl) end
  local after = math.max(head or bucket, bucket) - parts
  local seen = {}
  for rule, last in pairs(newest) do
    if last > after then seen[#seen + 1] = tonumber(rule) end
  end
  return #seen > 0 and seen
end

-- temporal_ordered. A sorted set: "bucket:rule" by bucket. The answer is how many rules are in order.
local function ordered(key, bucket, matched, parts, rules, ttl)
  local top = call('ZREVRANGE', key, 0, 0, 'WITHSCORES')
  local head = tonumber(top[2])
  if not head and #matched == 0 then return false end
  if head and bucket <= head - parts then return false end
  local after = '(' .. text(math.max(head or bucket, bucket) - parts)
  local name = text(bucket)
  for _, rule in ipairs(matched) do
    call('ZADD', key, name, name .. ':' .. text(rule))
  end
  if #matched > 0 then
    call('ZREMRANGEBYSCORE', key, '-inf', string.sub(after, 2))
    expire(key, ttl)
  end
  local events = call('ZRANGEBYSCORE', key, after, '+inf', 'WITHSCORES')
  if #events == 0 then return false end
  local wanted, index = 0, 1
  while index <= #events do
    local here, seen = events[index + 1], {}
    while index <= #events and events[index + 1] == here do
      seen[tonumber(string.match(events[index], ':(%d+)$'))] = true
      index = index + 2
    end
    while wanted < rules and seen[wanted] do wanted = wanted + 1 end
  end
  return wanted
end

local function step(keys, one, again)
  local kind, key, bucket, matched = one[1], keys[one[2]], one[3], one[4]
  local value, parts, keep, ttl = one[5], one[6], one[7], one[8]
  if kind >= 4 then
    if again then matched = {} end
    if kind == 4 then return temporal(key, bucket, matched, parts, ttl) end
    return ordered(key, bucket, matched, parts, keep, ttl)
  end
  matched = matched and not again
  if kind == 2 then return distinct(key, bucket, matched, value, parts, keep, ttl) end
  if kind == 3 then return sum(key, bucket, matched, value, parts, ttl) end
  return count(key, bucket, matched, parts, ttl)
end

local function steps(keys, argv)
  local records = cmsgpack.unpack(argv[1])
  local copy = argv[3]
  local answer = {}
  for place, record in ipairs(records) do
    local again = false
    if record[1] > 0 then
      again = not call('SET', keys[record[1]], '1', 'NX', 'EX', argv[2])
    end
    local figures = {}
    for index = 2, #record do
      local one = record[index]
      if copy ~= '' then
        call('COPY', keys[one[2]], copy, 'REPLACE')
        figures[index - 1] = step({copy}, {one[1], 1, unpack(one, 3, 8)}, again)
        call('DEL', copy)
      else
        figures[index - 1] = step(keys, one, again)
      end
    end
    answer[place] = figures
  end
  return cmsgpack.pack(answer)
end

redis.register_function('@NAME@', steps)
