#!lua flags=allow-oom,allow-cross-slot-keys
-- Ends a write of a record without a value. The record is empty then, or keeps the intents of the other writes.
-- KEYS    recordKey
-- ARGV    token channel
-- RETURNS 1 the intent of the write was still set, 0 it was lost
local recordKey = KEYS[1]
local token, channel = ARGV[1], ARGV[2]

local writes, longest, found = {}, 0, 0
if redis.call('GETRANGE', recordKey, 0, 1) == 'W|' then
  local text, oldLongest = redis.call('GET', recordKey), 0
  for life in string.gmatch(text, '(%d+):') do
    oldLongest = math.max(oldLongest, tonumber(life))
  end
  -- The clock of the server may have been set back: no life grows.
  local elapsed = math.max(oldLongest - redis.call('PTTL', recordKey), 0)
  for life, other in string.gmatch(text, '(%d+):(%x+)') do
    local left = tonumber(life) - elapsed
    if left > 0 and other == token then
      found = 1
    elseif left > 0 then
      table.insert(writes, string.format('%d:%s', left, other))
      longest = math.max(longest, left)
    end
  end
end
if #writes > 0 then
  redis.call('SET', recordKey, 'W|' .. table.concat(writes, ',') .. ',!', 'PX', longest)
else
  redis.call('DEL', recordKey)
end
publish(channel, 'd' .. recordKey)
return found
