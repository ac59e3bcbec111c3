-- Gives a tag its first version, and an existing one a longer life.
-- KEYS    slot
-- ARGV    text lifeMs
-- RETURNS the text that stands then
local slot = KEYS[1]
local text, lifeMs = ARGV[1], ARGV[2]

local standing = redis.call('GET', slot)
if not standing then
  redis.call('SET', slot, text, 'PX', lifeMs)
  return text
end
-- GT: never shortens. A slot that is being written keeps the life of its writers.
if string.sub(standing, 1, 2) ~= 'W|' then
  redis.call('PEXPIRE', slot, lifeMs, 'GT')
end
return standing
