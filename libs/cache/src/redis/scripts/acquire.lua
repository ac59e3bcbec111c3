-- Takes the right to fill a slot that is absent, or whose value the caller found to be invalid.
-- KEYS    slot
-- ARGV    token leaseMs invalidFillId
-- RETURNS 1 acquired, 0 something else stands there
local slot = KEYS[1]
local token, leaseMs, invalidFillId = ARGV[1], ARGV[2], ARGV[3]

local invalid = 'V|' .. invalidFillId .. '|'
local start = redis.call('GETRANGE', slot, 0, #invalid - 1)
-- An absent slot reads as '', and so does one that holds nothing: we never write such a one.
if start == '' or (invalidFillId ~= '' and start == invalid) then
  redis.call('SET', slot, 'L|' .. token .. '|', 'PX', leaseMs)
  return 1
end
return 0
