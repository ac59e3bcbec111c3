#!lua flags=allow-oom
-- Replaces the checkpoint of the outbox, unless another process has, or the server went back to older data.
-- KEYS    recordKey
-- ARGV    from to lifeMs
-- RETURNS 1 replaced, 0 another checkpoint is stored
local recordKey = KEYS[1]
local from, to, lifeMs = ARGV[1], ARGV[2], ARGV[3]

if (redis.call('GET', recordKey) or '') ~= from then
  return 0
end
redis.call('SET', recordKey, to, 'PX', lifeMs)
return 1
