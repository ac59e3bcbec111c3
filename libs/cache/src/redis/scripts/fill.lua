-- Stores a loaded value, only over the very lease or value that its load began with.
-- KEYS    slot
-- ARGV    expectedPrefix value hardMs
-- RETURNS 1 stored, 0 refused
local slot = KEYS[1]
local expectedPrefix, value, hardMs = ARGV[1], ARGV[2], ARGV[3]

if redis.call('GETRANGE', slot, 0, #expectedPrefix - 1) ~= expectedPrefix then
  return 0
end
redis.call('SET', slot, value, 'PX', hardMs)
return 1
