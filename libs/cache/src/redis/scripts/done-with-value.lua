-- Ends a write of a record with the written value, only if no other write or invalidation overlapped.
-- KEYS    recordKey
-- ARGV    token value expiryMs channel
-- RETURNS 1 stored, 0 not stored: the write must still be ended without a value
local recordKey = KEYS[1]
local token, value, expiryMs, channel = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

-- A record with the intent of one write reads 'W|life:token' and nothing more.
local text = redis.call('GETRANGE', recordKey, 0, 63)
if not string.match(text, '^W|%d+:' .. token .. '$') then
  return 0
end
redis.call('SET', recordKey, value, 'PX', expiryMs)
publish(channel, 'd' .. recordKey)
return 1
