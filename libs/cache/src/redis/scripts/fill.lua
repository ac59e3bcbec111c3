-- Stores a loaded value, only over the same lease or value that its load began with.
-- KEYS    recordKey
-- ARGV    expectedPrefix value expiryMs
-- RETURNS 1 stored, 0 not stored
local recordKey = KEYS[1]
local expectedPrefix, value, expiryMs = ARGV[1], ARGV[2], ARGV[3]

if redis.call('GETRANGE', recordKey, 0, #expectedPrefix - 1) ~= expectedPrefix then
  return 0
end
redis.call('SET', recordKey, value, 'PX', expiryMs)
return 1
