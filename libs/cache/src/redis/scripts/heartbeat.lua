#!lua flags=allow-oom
-- Writes to the server, which succeeds only on a master that accepts writes.
-- KEYS    heartbeat
-- ARGV    lifeMs
-- RETURNS 1
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 1
