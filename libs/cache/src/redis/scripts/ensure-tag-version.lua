-- Gives a tag its first version, and an existing one a longer life.
-- KEYS    recordKey
-- ARGV    text lifeMs
-- RETURNS the current text, truncated beyond the length of a version
local recordKey = KEYS[1]
local text, lifeMs = ARGV[1], ARGV[2]

local current = redis.call('GETRANGE', recordKey, 0, #text)
if current == '' then
  redis.call('SET', recordKey, text, 'PX', lifeMs)
  return text
end
-- GT: never shortens. A record that is being written keeps the life of its intents.
if string.sub(current, 1, 2) ~= 'W|' then
  redis.call('PEXPIRE', recordKey, lifeMs, 'GT')
end
return current
