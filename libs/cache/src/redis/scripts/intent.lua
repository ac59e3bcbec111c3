#!lua flags=allow-oom,allow-cross-slot-keys
-- Announces a write of a record: until DONE, or for lifeMs, the record is neither used nor filled.
-- KEYS    recordKey
-- ARGV    token lifeMs channel
-- RETURNS 1
local recordKey = KEYS[1]
local token, lifeMs, channel = ARGV[1], tonumber(ARGV[2]), ARGV[3]

-- Lives count from the last change of the record, when its TTL was the longest of them.
local writes, longest, overlap = {}, lifeMs, false
if redis.call('GETRANGE', recordKey, 0, 1) == 'W|' then
  local text, oldLongest = redis.call('GET', recordKey), 0
  for life in string.gmatch(text, '(%d+):') do
    oldLongest = math.max(oldLongest, tonumber(life))
  end
  -- The clock of the server may have been set back: no life grows.
  local elapsed = math.max(oldLongest - redis.call('PTTL', recordKey), 0)
  for life, other in string.gmatch(text, '(%d+):(%x+)') do
    local left = tonumber(life) - elapsed
    if left > 0 then
      table.insert(writes, string.format('%d:%s', left, other))
      longest = math.max(longest, left)
    end
  end
  overlap = #writes > 0 or string.sub(text, -1) == '!'
end
table.insert(writes, string.format('%d:%s', lifeMs, token))
local text = 'W|' .. table.concat(writes, ',') .. (overlap and ',!' or '')
redis.call('SET', recordKey, text, 'PX', longest)
publish(channel, 'i' .. recordKey)
return 1
