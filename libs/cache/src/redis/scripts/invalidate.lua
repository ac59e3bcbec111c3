#!lua flags=allow-oom,allow-cross-slot-keys
-- Empties a record. A record that is being written keeps its intents, and its writers store nothing.
-- KEYS    recordKey
-- ARGV    channel
-- RETURNS 1
local recordKey = KEYS[1]
local channel = ARGV[1]

if redis.call('GETRANGE', recordKey, 0, 1) ~= 'W|' then
  redis.call('DEL', recordKey)
elseif redis.call('GETRANGE', recordKey, -1, -1) ~= '!' then
  redis.call('SET', recordKey, redis.call('GET', recordKey) .. ',!', 'KEEPTTL')
end
publish(channel, 'd' .. recordKey)
return 1
