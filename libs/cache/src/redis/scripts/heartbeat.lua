#!lua flags=allow-oom
-- Counts the heartbeats of a process, which succeeds only on a master that accepts writes.
-- KEYS    heartbeat
-- ARGV    lifeMs
-- RETURNS the count; 1 if the previous heartbeat is gone
local count = redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return count
