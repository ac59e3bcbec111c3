-- Ends a write of a record with the value that was written, only if no other write or invalidation fell beside it.
-- KEYS    recordKey
-- ARGV    token value expiryMs channel message
-- RETURNS 1 stored, 0 refused: the write is still to be ended without a value
local recordKey = KEYS[1]
local token, value, expiryMs, channel, message = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

-- A record that one write marked alone reads 'W|life:token' and nothing more.
local text = redis.call('GETRANGE', recordKey, 0, 63)
if not string.match(text, '^W|%d+:' .. token .. '$') then
  return 0
end
redis.call('SET', recordKey, value, 'PX', expiryMs)
redis.call('PUBLISH', channel, message)
return 1
