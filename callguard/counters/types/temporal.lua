-- temporal and temporal_ordered. What is counted: how many rules matched, and each of them, from 0.
-- The figure of temporal: how many rules were seen, and each of them; of temporal_ordered: a number.

local function take_rules(again)
  local rules = {}
  for index = 1, take() or 0 do rules[index] = take() end
  return again and {} or rules
end

-- A string: for each rule the number after that of its newest bucket; 0 for a rule never matched.
function types.temporal(key, bucket, again, parts, rules, ttl)
  local matched = take_rules(again)
  local state = call('GET', key)
  local last_buckets, newest = {}, nil
  for rule = 1, rules do
    local last = state and read('<I6', state, 6 * rule - 5) or 0
    last_buckets[rule] = last
    if last > 0 then newest = max(newest or 0, last - 1) end
  end
  if newest and bucket <= newest - parts then return give(false) end
  if #matched > 0 then
    for _, rule in ipairs(matched) do
      last_buckets[rule + 1] = max(last_buckets[rule + 1], bucket + 1)
    end
    local changed = ''
    for rule = 1, rules do changed = changed .. pack('<I6', last_buckets[rule]) end
    call('SET', key, changed, 'EX', ttl)
  end
  local after, seen = max(newest or bucket, bucket) - parts, {}
  for rule = 1, rules do
    if last_buckets[rule] > max(after + 1, 0) then seen[#seen + 1] = rule - 1 end
  end
  if #seen == 0 then return give(false) end
  give(#seen)
  for _, rule in ipairs(seen) do give(rule) end
end

-- A sorted set. Members: a bucket and a rule that it matched, with the score rule * width + bucket,
-- so that a rule's first bucket from any bucket on is found at once. And 'head', which has
-- the newest bucket in a score below all of these. Above 2^53 Lua numbers have gaps.
function types.temporal_ordered(key, bucket, again, parts, rules, ttl)
  local matched = take_rules(again)
  local width = floor(9007199254740992 / rules)
  if bucket >= width then error('a time that is too far ahead for ' .. rules .. ' rules') end
  local newest = call('ZSCORE', key, 'head')
  newest = newest and -1 - tonumber(newest)
  if newest and bucket <= newest - parts then return give(false) end
  local window_end = max(newest or bucket, bucket)
  if #matched > 0 then
    local members = {-1 - window_end, 'head'}
    for _, rule in ipairs(matched) do
      members[#members + 1] = rule * width + bucket
      members[#members + 1] = pack('<I6I2', bucket, rule)
    end
    if newest and bucket - parts >= newest then
      call('UNLINK', key)
    -- What passed out of the window is never asked for: an eighth of a window may gather.
    elseif newest and floor(bucket * 8 / parts) > floor(newest * 8 / parts) then
      for rule = 0, rules - 1 do
        call('ZREMRANGEBYSCORE', key, rule * width, rule * width + bucket - parts)
      end
    end
    call('ZADD', key, unpack(members))
    renew(key, ttl)
  elseif not newest or bucket - parts >= newest then
    return give(false)
  end
  local from, number = max(0, window_end - parts + 1), 0
  while number < rules do
    local base = number * width
    local first = call('ZRANGEBYSCORE', key, base + from, base + width - 1, 'LIMIT', 0, 1)[1]
    if not first then break end
    from, number = read('<I6', first), number + 1
  end
  return give(number)
end
