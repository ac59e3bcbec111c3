-- Acquires the lease to fill a record that is absent, or whose value the caller found to be invalid.
-- KEYS    recordKey
-- ARGV    token leaseMs invalidFillId
-- RETURNS 1 acquired, 0 the record has another text
local recordKey = KEYS[1]
local token, leaseMs, invalidFillId = ARGV[1], ARGV[2], ARGV[3]

local invalid = 'V|' .. invalidFillId .. '|'
local start = redis.call('GETRANGE', recordKey, 0, #invalid - 1)
-- An absent record reads as ''. So does an empty string, but the cache never writes one.
if start == '' or (invalidFillId ~= '' and start == invalid) then
  redis.call('SET', recordKey, 'L|' .. token .. '|', 'PX', leaseMs)
  return 1
end
return 0
