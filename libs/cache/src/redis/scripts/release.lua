#!lua flags=allow-oom,allow-cross-slot-keys
-- Releases a lease, only if it is still the caller's. With an error's text, it blocks other loads for a moment.
-- KEYS    recordKey
-- ARGV    token errorText retryMs
-- RETURNS 1 released, 0 no longer the caller's
local recordKey = KEYS[1]
local token, errorText, retryMs = ARGV[1], ARGV[2], ARGV[3]

local lease = 'L|' .. token .. '|'
if redis.call('GETRANGE', recordKey, 0, #lease) ~= lease then
  return 0
end
if errorText == '' then
  redis.call('DEL', recordKey)
else
  redis.call('SET', recordKey, 'E|' .. errorText .. '|', 'PX', retryMs)
end
return 1
