-- Gives a tag its first version, and an existing one a longer life.
-- KEYS    recordKey
-- ARGV    text lifeMs
-- RETURNS the text that stands then, cut where no version is as long
local recordKey = KEYS[1]
local text, lifeMs = ARGV[1], ARGV[2]

local standing = redis.call('GETRANGE', recordKey, 0, #text)
if standing == '' then
  redis.call('SET', recordKey, text, 'PX', lifeMs)
  return text
end
-- GT: never shortens. A record that is being written keeps the life of its writers.
if string.sub(standing, 1, 2) ~= 'W|' then
  redis.call('PEXPIRE', recordKey, lifeMs, 'GT')
end
return standing
