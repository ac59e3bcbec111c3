// Made by npm run generate:lua from scripts/*.lua; do not edit.
import type { RedisScript } from './run-script.js';

/** Acquires the lease to fill a record that is absent, or begins with a text that the caller found to be invalid. */
export const acquire: RedisScript<'recordKey', 'token' | 'leaseMs' | 'replaces'> = {
  name: 'acquire',
  sha1: 'e2358b061ac0c554d93da60421081760645b044a',
  keys: ['recordKey'],
  args: ['token', 'leaseMs', 'replaces'],
  text: "-- Acquires the lease to fill a record that is absent, or begins with a text that the caller found to be invalid.\n-- KEYS    recordKey\n-- ARGV    token leaseMs replaces\n-- RETURNS 1 acquired, 0 the record has another text\nlocal recordKey = KEYS[1]\nlocal token, leaseMs, replaces = ARGV[1], ARGV[2], ARGV[3]\n\nlocal start = redis.call('GETRANGE', recordKey, 0, math.max(#replaces - 1, 0))\n-- An absent record reads as ''. So does an empty string, but the cache never writes one.\nif start == '' or start == replaces then\n  redis.call('SET', recordKey, 'L|' .. token .. '|', 'PX', leaseMs)\n  return 1\nend\nreturn 0\n",
};

/** Ends a write of a record with the written value, only if no other write or invalidation overlapped. */
export const doneWithValue: RedisScript<'recordKey', 'token' | 'value' | 'expiryMs' | 'channel' | 'message'> = {
  name: 'doneWithValue',
  sha1: '6fe0393bcb7c51daa8331c754d6245e231b47b09',
  keys: ['recordKey'],
  args: ['token', 'value', 'expiryMs', 'channel', 'message'],
  text: "-- Ends a write of a record with the written value, only if no other write or invalidation overlapped.\n-- KEYS    recordKey\n-- ARGV    token value expiryMs channel message\n-- RETURNS 1 stored, 0 not stored: the write must still be ended without a value\nlocal recordKey = KEYS[1]\nlocal token, value, expiryMs, channel, message = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]\n\n-- A record with the intent of one write reads 'W|life:token' and nothing more.\nlocal text = redis.call('GETRANGE', recordKey, 0, 63)\nif not string.match(text, '^W|%d+:' .. token .. '$') then\n  return 0\nend\nredis.call('SET', recordKey, value, 'PX', expiryMs)\nredis.call('PUBLISH', channel, message)\nreturn 1\n",
};

/** Ends a write of a record without a value. The record is empty then, or keeps the intents of the other writes. */
export const done: RedisScript<'recordKey', 'token' | 'channel' | 'message'> = {
  name: 'done',
  sha1: 'db393507360d91bc6f9de673af365aed3913a483',
  keys: ['recordKey'],
  args: ['token', 'channel', 'message'],
  text: "#!lua flags=allow-oom\n-- Ends a write of a record without a value. The record is empty then, or keeps the intents of the other writes.\n-- KEYS    recordKey\n-- ARGV    token channel message\n-- RETURNS 1 the intent of the write was still set, 0 it was lost\nlocal recordKey = KEYS[1]\nlocal token, channel, message = ARGV[1], ARGV[2], ARGV[3]\n\nlocal writes, longest, found = {}, 0, 0\nif redis.call('GETRANGE', recordKey, 0, 1) == 'W|' then\n  local text, oldLongest = redis.call('GET', recordKey), 0\n  for life in string.gmatch(text, '(%d+):') do\n    oldLongest = math.max(oldLongest, tonumber(life))\n  end\n  -- The clock of the server may have been set back: no life grows.\n  local elapsed = math.max(oldLongest - redis.call('PTTL', recordKey), 0)\n  for life, other in string.gmatch(text, '(%d+):(%x+)') do\n    local left = tonumber(life) - elapsed\n    if left > 0 and other == token then\n      found = 1\n    elseif left > 0 then\n      table.insert(writes, string.format('%d:%s', left, other))\n      longest = math.max(longest, left)\n    end\n  end\nend\nif #writes > 0 then\n  redis.call('SET', recordKey, 'W|' .. table.concat(writes, ',') .. ',!', 'PX', longest)\nelse\n  redis.call('DEL', recordKey)\nend\nredis.call('PUBLISH', channel, message)\nreturn found\n",
};

/** Gives a tag its first version, and an existing one a longer life. */
export const ensureTagVersion: RedisScript<'recordKey', 'text' | 'lifeMs'> = {
  name: 'ensureTagVersion',
  sha1: 'f33d21f7931de55af0240d4f361e6521710c8485',
  keys: ['recordKey'],
  args: ['text', 'lifeMs'],
  text: "-- Gives a tag its first version, and an existing one a longer life.\n-- KEYS    recordKey\n-- ARGV    text lifeMs\n-- RETURNS the current text, truncated beyond the length of a version\nlocal recordKey = KEYS[1]\nlocal text, lifeMs = ARGV[1], ARGV[2]\n\nlocal current = redis.call('GETRANGE', recordKey, 0, #text)\nif current == '' then\n  redis.call('SET', recordKey, text, 'PX', lifeMs)\n  return text\nend\n-- GT: never shortens. A record that is being written keeps the life of its intents.\nif string.sub(current, 1, 2) ~= 'W|' then\n  redis.call('PEXPIRE', recordKey, lifeMs, 'GT')\nend\nreturn current\n",
};

/** Stores a loaded value, only over the same lease or value that its load began with. */
export const fill: RedisScript<'recordKey', 'expectedPrefix' | 'value' | 'expiryMs'> = {
  name: 'fill',
  sha1: '56ee5219988fadf652c06eec4f51e5abcb487301',
  keys: ['recordKey'],
  args: ['expectedPrefix', 'value', 'expiryMs'],
  text: "-- Stores a loaded value, only over the same lease or value that its load began with.\n-- KEYS    recordKey\n-- ARGV    expectedPrefix value expiryMs\n-- RETURNS 1 stored, 0 not stored\nlocal recordKey = KEYS[1]\nlocal expectedPrefix, value, expiryMs = ARGV[1], ARGV[2], ARGV[3]\n\nif redis.call('GETRANGE', recordKey, 0, #expectedPrefix - 1) ~= expectedPrefix then\n  return 0\nend\nredis.call('SET', recordKey, value, 'PX', expiryMs)\nreturn 1\n",
};

/** Counts the heartbeats of a process, which succeeds only on a master that accepts writes. */
export const heartbeat: RedisScript<'heartbeat', 'lifeMs'> = {
  name: 'heartbeat',
  sha1: '21aa498b2fc5e035c81b7fb67ec956643d1bdce2',
  keys: ['heartbeat'],
  args: ['lifeMs'],
  text: "#!lua flags=allow-oom\n-- Counts the heartbeats of a process, which succeeds only on a master that accepts writes.\n-- KEYS    heartbeat\n-- ARGV    lifeMs\n-- RETURNS the count; 1 if the previous heartbeat is gone\nlocal count = redis.call('INCR', KEYS[1])\nredis.call('PEXPIRE', KEYS[1], ARGV[1])\nreturn count\n",
};

/** Announces a write of a record: until DONE, or for lifeMs, the record is neither used nor filled. */
export const intent: RedisScript<'recordKey', 'token' | 'lifeMs' | 'channel' | 'message'> = {
  name: 'intent',
  sha1: '28955efb1357a79ce286e23df4c1caf3efa8fa4e',
  keys: ['recordKey'],
  args: ['token', 'lifeMs', 'channel', 'message'],
  text: "#!lua flags=allow-oom\n-- Announces a write of a record: until DONE, or for lifeMs, the record is neither used nor filled.\n-- KEYS    recordKey\n-- ARGV    token lifeMs channel message\n-- RETURNS 1\nlocal recordKey = KEYS[1]\nlocal token, lifeMs, channel, message = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]\n\n-- Lives count from the last change of the record, when its TTL was the longest of them.\nlocal writes, longest, overlap = {}, lifeMs, false\nif redis.call('GETRANGE', recordKey, 0, 1) == 'W|' then\n  local text, oldLongest = redis.call('GET', recordKey), 0\n  for life in string.gmatch(text, '(%d+):') do\n    oldLongest = math.max(oldLongest, tonumber(life))\n  end\n  -- The clock of the server may have been set back: no life grows.\n  local elapsed = math.max(oldLongest - redis.call('PTTL', recordKey), 0)\n  for life, other in string.gmatch(text, '(%d+):(%x+)') do\n    local left = tonumber(life) - elapsed\n    if left > 0 then\n      table.insert(writes, string.format('%d:%s', left, other))\n      longest = math.max(longest, left)\n    end\n  end\n  overlap = #writes > 0 or string.sub(text, -1) == '!'\nend\ntable.insert(writes, string.format('%d:%s', lifeMs, token))\nlocal text = 'W|' .. table.concat(writes, ',') .. (overlap and ',!' or '')\nredis.call('SET', recordKey, text, 'PX', longest)\nredis.call('PUBLISH', channel, message)\nreturn 1\n",
};

/** Empties a record. A record that is being written keeps its intents, and its writers store nothing. */
export const invalidate: RedisScript<'recordKey', 'channel' | 'message'> = {
  name: 'invalidate',
  sha1: '74ea8546147c8a61280eee7857c0960aade3da58',
  keys: ['recordKey'],
  args: ['channel', 'message'],
  text: "#!lua flags=allow-oom\n-- Empties a record. A record that is being written keeps its intents, and its writers store nothing.\n-- KEYS    recordKey\n-- ARGV    channel message\n-- RETURNS 1\nlocal recordKey = KEYS[1]\nlocal channel, message = ARGV[1], ARGV[2]\n\nif redis.call('GETRANGE', recordKey, 0, 1) ~= 'W|' then\n  redis.call('DEL', recordKey)\nelseif redis.call('GETRANGE', recordKey, -1, -1) ~= '!' then\n  redis.call('SET', recordKey, redis.call('GET', recordKey) .. ',!', 'KEEPTTL')\nend\nredis.call('PUBLISH', channel, message)\nreturn 1\n",
};

/** Ends intents no later than their longest life from now, in case the clock of the server was set back. */
export const limitIntents: RedisScript<'recordKey', never> = {
  name: 'limitIntents',
  sha1: 'f8e47af728283278e1c38fb569167d898a77968b',
  keys: ['recordKey'],
  args: [],
  text: "#!lua flags=allow-oom\n-- Ends intents no later than their longest life from now, in case the clock of the server was set back.\n-- KEYS    recordKey\n-- RETURNS 1 the TTL was too long, 0 it was not\nlocal recordKey = KEYS[1]\n\nif redis.call('GETRANGE', recordKey, 0, 1) ~= 'W|' then\n  return 0\nend\nlocal longest = 0\nfor life in string.gmatch(redis.call('GET', recordKey), '(%d+):') do\n  longest = math.max(longest, tonumber(life))\nend\nif redis.call('PTTL', recordKey) <= longest then\n  return 0\nend\nredis.call('PEXPIRE', recordKey, longest)\nreturn 1\n",
};

/** Releases a lease, only if it is still the caller's. With an error's text, it blocks other loads for a moment. */
export const release: RedisScript<'recordKey', 'token' | 'errorText' | 'retryMs'> = {
  name: 'release',
  sha1: '530d5b595b39077e30baec5740f22baf37d72efc',
  keys: ['recordKey'],
  args: ['token', 'errorText', 'retryMs'],
  text: "#!lua flags=allow-oom\n-- Releases a lease, only if it is still the caller's. With an error's text, it blocks other loads for a moment.\n-- KEYS    recordKey\n-- ARGV    token errorText retryMs\n-- RETURNS 1 released, 0 no longer the caller's\nlocal recordKey = KEYS[1]\nlocal token, errorText, retryMs = ARGV[1], ARGV[2], ARGV[3]\n\nlocal lease = 'L|' .. token .. '|'\nif redis.call('GETRANGE', recordKey, 0, #lease) ~= lease then\n  return 0\nend\nif errorText == '' then\n  redis.call('DEL', recordKey)\nelse\n  redis.call('SET', recordKey, 'E|' .. errorText .. '|', 'PX', retryMs)\nend\nreturn 1\n",
};
