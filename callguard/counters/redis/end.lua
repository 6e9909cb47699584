-- By the numbers that the argument gives them.
local TYPES = {@TYPES@}

-- Each type takes all that it has to take before it asks for anything: after an error the next step
-- begins where it should.
local function step(keys, again, copy)
  local series, key, bucket = 4 * take() - 2, keys[take()], take()
  local type_number, parts, bound, ttl = unpack(data, series, series + 3)
  if copy ~= '' then
    call('COPY', key, copy, 'REPLACE')
    key = copy
  end
  local before = size
  local done, fault = pcall(TYPES[type_number], key, bucket, again, parts, bound, ttl)
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
