#!lua flags=allow-oom
-- Writes to the server, which only a master that may be written to can do.
-- KEYS    fence
-- ARGV    lifeMs
-- RETURNS 1
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 1
