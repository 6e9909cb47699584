-- Counters over sliding windows; docs/semantics.md, "Correlations", defines them.
--
-- This file, then the types' own, each in a block of its own, then end.lua: script.py joins them.
--
-- KEYS: every counter key and id marker of the records.
-- ARGV[1]: how many seconds an id marker lives.
-- ARGV[2]: the key of a copy to work on, so that nothing is changed; empty to count.
-- ARGV[3]: MessagePack of one flat list: the number of series; type, parts, bound and ttl of each;
--   the number of records; then each record: the position of its id marker in KEYS (0: none), its
--   number of steps, and each step: the positions of its series and of its key, its bucket, and
--   what it counts, false if nothing, as its type's file says.
-- The answer: MessagePack of one flat list. Each step's figure: false if there is none, a text if
-- it could not be counted, otherwise as its type's file says, a number first.
-- Numbers go to redis.call as they are, with all digits; Lua alone would write 1e+15.

-- While a library is loaded these do not exist yet.
local call, pack, read, floor, max
local data, at, answer, size

-- What counts a step, by the name of the function; each type's file adds its own.
local types = {}

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
-- in. This is where the entry of a bucket begins and ends; twice where it belongs if there is none.
local function located(state, length, first, last, bucket)
  local here = last - length + 1
  while here >= first do
    local passed = read('<I6', state, here)
    if passed == bucket then return here, here + length end
    if passed < bucket then return here + length, here + length end
    here = here - length
  end
  return first, first
end

-- Writes an entry and what follows all entries. Where nothing else changes, and that is much, only
-- these are written: replicas and files on disk are sent every byte.
local LONG = 128

local function put(key, state, first, last, from, to, entry, total, ttl)
  if #state > LONG and first == 1 and from < to and to > last then
    call('SETRANGE', key, from - 1, entry .. total)
    return renew(key, ttl)
  end
  state = state:sub(first, from - 1) .. entry .. state:sub(to, last) .. total
  call('SET', key, state, 'EX', ttl)
end
