#!lua flags=allow-oom,allow-cross-slot-keys
-- Ends intents no later than their longest life from now, in case the clock of the server was set back.
-- KEYS    recordKey
-- RETURNS 1 the TTL was too long, 0 it was not
local recordKey = KEYS[1]

if redis.call('GETRANGE', recordKey, 0, 1) ~= 'W|' then
  return 0
end
local longest = 0
for life in string.gmatch(redis.call('GET', recordKey), '(%d+):') do
  longest = math.max(longest, tonumber(life))
end
if redis.call('PTTL', recordKey) <= longest then
  return 0
end
redis.call('PEXPIRE', recordKey, longest)
return 1
