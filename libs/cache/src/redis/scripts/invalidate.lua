#!lua flags=allow-oom
-- Empties a slot. One that is being written stays marked, and its writers store nothing.
-- KEYS    slot
-- ARGV    channel message
-- RETURNS 1
local slot = KEYS[1]
local channel, message = ARGV[1], ARGV[2]

if redis.call('GETRANGE', slot, 0, 1) ~= 'W|' then
  redis.call('DEL', slot)
elseif redis.call('GETRANGE', slot, -1, -1) ~= '!' then
  redis.call('SET', slot, redis.call('GET', slot) .. ',!', 'KEEPTTL')
end
redis.call('PUBLISH', channel, message)
return 1
