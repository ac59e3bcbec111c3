-- Acquires the lease to fill a record that is absent, or begins with a text that the caller found to be invalid.
-- KEYS    recordKey
-- ARGV    token leaseMs replaces
-- RETURNS 1 acquired, 0 the record has another text
local recordKey = KEYS[1]
local token, leaseMs, replaces = ARGV[1], ARGV[2], ARGV[3]

local start = redis.call('GETRANGE', recordKey, 0, math.max(#replaces - 1, 0))
-- An absent record reads as ''. So does an empty string, but the cache never writes one.
if start == '' or start == replaces then
  redis.call('SET', recordKey, 'L|' .. token .. '|', 'PX', leaseMs)
  return 1
end
return 0
