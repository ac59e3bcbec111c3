-- Ends a write of a slot with the value that was written, only if no other write or invalidation fell beside it.
-- KEYS    slot
-- ARGV    token value hardMs channel message
-- RETURNS 1 stored, 0 refused: the write is still to be ended without a value
local slot = KEYS[1]
local token, value, hardMs, channel, message = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

-- A slot that one write marked alone reads 'W|life:token' and nothing more.
local text = redis.call('GETRANGE', slot, 0, 63)
if not string.match(text, '^W|%d+:' .. token .. '$') then
  return 0
end
redis.call('SET', slot, value, 'PX', hardMs)
redis.call('PUBLISH', channel, message)
return 1
