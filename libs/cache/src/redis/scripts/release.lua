#!lua flags=allow-oom
-- Gives a lease back, only if it is still the caller's; with an error's text, others hold off for a moment.
-- KEYS    recordKey
-- ARGV    token errorText retryMs
-- RETURNS 1 given back, 0 no longer the caller's
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
