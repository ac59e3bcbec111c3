-- Takes the right to fill a slot that is absent, or whose value the caller found to be invalid.
-- KEYS    slot
-- ARGV    token leaseMs invalidFillId
-- RETURNS nil when acquired, else the PTTL of the slot and its text
local slot = KEYS[1]
local token, leaseMs, invalidFillId = ARGV[1], ARGV[2], ARGV[3]

local invalid = 'V|' .. invalidFillId .. '|'
local start = redis.call('GETRANGE', slot, 0, #invalid - 1)
-- An absent slot reads as '', and so does one that holds nothing: we never write such a one.
if start == '' or (invalidFillId ~= '' and start == invalid) then
  redis.call('SET', slot, 'L|' .. token .. '|', 'PX', leaseMs)
  return false
end
return { redis.call('PTTL', slot), redis.call('GET', slot) }
