// Made by npm run generate:lua from scripts/*.lua; do not edit.
import type { RedisScript } from './run-script.js';

/** Takes the right to fill a record that is absent, or whose value the caller found to be invalid. */
export const acquire: RedisScript<'recordKey', 'token' | 'leaseMs' | 'invalidFillId'> = {
  name: 'acquire',
  sha1: '4a9e53f9e77db27d1c507cc0cc29a127013fa82e',
  keys: ['recordKey'],
  args: ['token', 'leaseMs', 'invalidFillId'],
  text: "-- Takes the right to fill a record that is absent, or whose value the caller found to be invalid.\n-- KEYS    recordKey\n-- ARGV    token leaseMs invalidFillId\n-- RETURNS 1 acquired, 0 something else stands there\nlocal recordKey = KEYS[1]\nlocal token, leaseMs, invalidFillId = ARGV[1], ARGV[2], ARGV[3]\n\nlocal invalid = 'V|' .. invalidFillId .. '|'\nlocal start = redis.call('GETRANGE', recordKey, 0, #invalid - 1)\n-- An absent record reads as '', and so does one that holds nothing: we never write such a one.\nif start == '' or (invalidFillId ~= '' and start == invalid) then\n  redis.call('SET', recordKey, 'L|' .. token .. '|', 'PX', leaseMs)\n  return 1\nend\nreturn 0\n",
};

/** Ends a write of a record with the value that was written, only if no other write or invalidation fell beside it. */
export const doneWithValue: RedisScript<'recordKey', 'token' | 'value' | 'expiryMs' | 'channel' | 'message'> = {
  name: 'doneWithValue',
  sha1: '6bc12d385dbea14ccddcd52bc9acac9e8df44a14',
  keys: ['recordKey'],
  args: ['token', 'value', 'expiryMs', 'channel', 'message'],
  text: "-- Ends a write of a record with the value that was written, only if no other write or invalidation fell beside it.\n-- KEYS    recordKey\n-- ARGV    token value expiryMs channel message\n-- RETURNS 1 stored, 0 refused: the write is still to be ended without a value\nlocal recordKey = KEYS[1]\nlocal token, value, expiryMs, channel, message = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]\n\n-- A record that one write marked alone reads 'W|life:token' and nothing more.\nlocal text = redis.call('GETRANGE', recordKey, 0, 63)\nif not string.match(text, '^W|%d+:' .. token .. '$') then\n  return 0\nend\nredis.call('SET', recordKey, value, 'PX', expiryMs)\nredis.call('PUBLISH', channel, message)\nreturn 1\n",
};

/** Ends a write of a record without a value: the record is empty then, or still marked for the others that write it. */
export const done: RedisScript<'recordKey', 'token' | 'channel' | 'message'> = {
  name: 'done',
  sha1: 'cb0131a725edf6d6e3d9300db44b8636ba25b37f',
  keys: ['recordKey'],
  args: ['token', 'channel', 'message'],
  text: "#!lua flags=allow-oom\n-- Ends a write of a record without a value: the record is empty then, or still marked for the others that write it.\n-- KEYS    recordKey\n-- ARGV    token channel message\n-- RETURNS 1 the write was marked until now, 0 its mark was lost\nlocal recordKey = KEYS[1]\nlocal token, channel, message = ARGV[1], ARGV[2], ARGV[3]\n\nlocal writes, longest, marked = {}, 0, 0\nif redis.call('GETRANGE', recordKey, 0, 1) == 'W|' then\n  local text, oldLongest = redis.call('GET', recordKey), 0\n  for life in string.gmatch(text, '(%d+):') do\n    oldLongest = math.max(oldLongest, tonumber(life))\n  end\n  local elapsed = oldLongest - redis.call('PTTL', recordKey)\n  for life, other in string.gmatch(text, '(%d+):(%x+)') do\n    local left = tonumber(life) - elapsed\n    if left > 0 and other == token then\n      marked = 1\n    elseif left > 0 then\n      table.insert(writes, string.format('%d:%s', left, other))\n      longest = math.max(longest, left)\n    end\n  end\nend\nif #writes > 0 then\n  redis.call('SET', recordKey, 'W|' .. table.concat(writes, ',') .. ',!', 'PX', longest)\nelse\n  redis.call('DEL', recordKey)\nend\nredis.call('PUBLISH', channel, message)\nreturn marked\n",
};

/** Gives a tag its first version, and an existing one a longer life. */
export const ensureTagVersion: RedisScript<'recordKey', 'text' | 'lifeMs'> = {
  name: 'ensureTagVersion',
  sha1: '8db849821f85673aa81020187063c3260dcc6f4f',
  keys: ['recordKey'],
  args: ['text', 'lifeMs'],
  text: "-- Gives a tag its first version, and an existing one a longer life.\n-- KEYS    recordKey\n-- ARGV    text lifeMs\n-- RETURNS the text that stands then, cut where no version is as long\nlocal recordKey = KEYS[1]\nlocal text, lifeMs = ARGV[1], ARGV[2]\n\nlocal standing = redis.call('GETRANGE', recordKey, 0, #text)\nif standing == '' then\n  redis.call('SET', recordKey, text, 'PX', lifeMs)\n  return text\nend\n-- GT: never shortens. A record that is being written keeps the life of its writers.\nif string.sub(standing, 1, 2) ~= 'W|' then\n  redis.call('PEXPIRE', recordKey, lifeMs, 'GT')\nend\nreturn standing\n",
};

/** Stores a loaded value, only over the very lease or value that its load began with. */
export const fill: RedisScript<'recordKey', 'expectedPrefix' | 'value' | 'expiryMs'> = {
  name: 'fill',
  sha1: 'ddb90f0cd0b5ab802e4a34ffde6dd9543b5c7a16',
  keys: ['recordKey'],
  args: ['expectedPrefix', 'value', 'expiryMs'],
  text: "-- Stores a loaded value, only over the very lease or value that its load began with.\n-- KEYS    recordKey\n-- ARGV    expectedPrefix value expiryMs\n-- RETURNS 1 stored, 0 refused\nlocal recordKey = KEYS[1]\nlocal expectedPrefix, value, expiryMs = ARGV[1], ARGV[2], ARGV[3]\n\nif redis.call('GETRANGE', recordKey, 0, #expectedPrefix - 1) ~= expectedPrefix then\n  return 0\nend\nredis.call('SET', recordKey, value, 'PX', expiryMs)\nreturn 1\n",
};

/** Writes to the server, which succeeds only on a master that accepts writes. */
export const heartbeat: RedisScript<'heartbeat', 'lifeMs'> = {
  name: 'heartbeat',
  sha1: 'be941ea92461909312968d6af9d3eb1bde147651',
  keys: ['heartbeat'],
  args: ['lifeMs'],
  text: "#!lua flags=allow-oom\n-- Writes to the server, which succeeds only on a master that accepts writes.\n-- KEYS    heartbeat\n-- ARGV    lifeMs\n-- RETURNS 1\nredis.call('SET', KEYS[1], '1', 'PX', ARGV[1])\nreturn 1\n",
};

/** Marks a record as being written: until DONE, or for lifeMs, nobody uses or fills it. */
export const intent: RedisScript<'recordKey', 'token' | 'lifeMs' | 'channel' | 'message'> = {
  name: 'intent',
  sha1: '78dcc0f63f243c6096ee73eda654c1b1103405fd',
  keys: ['recordKey'],
  args: ['token', 'lifeMs', 'channel', 'message'],
  text: "#!lua flags=allow-oom\n-- Marks a record as being written: until DONE, or for lifeMs, nobody uses or fills it.\n-- KEYS    recordKey\n-- ARGV    token lifeMs channel message\n-- RETURNS 1\nlocal recordKey = KEYS[1]\nlocal token, lifeMs, channel, message = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]\n\n-- Lives count from the last change of the record, whose TTL was the longest of them then.\nlocal writes, longest, overlap = {}, lifeMs, false\nif redis.call('GETRANGE', recordKey, 0, 1) == 'W|' then\n  local text, oldLongest = redis.call('GET', recordKey), 0\n  for life in string.gmatch(text, '(%d+):') do\n    oldLongest = math.max(oldLongest, tonumber(life))\n  end\n  local elapsed = oldLongest - redis.call('PTTL', recordKey)\n  for life, other in string.gmatch(text, '(%d+):(%x+)') do\n    local left = tonumber(life) - elapsed\n    if left > 0 then\n      table.insert(writes, string.format('%d:%s', left, other))\n      longest = math.max(longest, left)\n    end\n  end\n  overlap = #writes > 0 or string.sub(text, -1) == '!'\nend\ntable.insert(writes, string.format('%d:%s', lifeMs, token))\nlocal text = 'W|' .. table.concat(writes, ',') .. (overlap and ',!' or '')\nredis.call('SET', recordKey, text, 'PX', longest)\nredis.call('PUBLISH', channel, message)\nreturn 1\n",
};

/** Empties a record. One that is being written stays marked, and its writers store nothing. */
export const invalidate: RedisScript<'recordKey', 'channel' | 'message'> = {
  name: 'invalidate',
  sha1: 'f79cd44e6bc4ec6947f0c9bae47fd1ce7c4ffa49',
  keys: ['recordKey'],
  args: ['channel', 'message'],
  text: "#!lua flags=allow-oom\n-- Empties a record. One that is being written stays marked, and its writers store nothing.\n-- KEYS    recordKey\n-- ARGV    channel message\n-- RETURNS 1\nlocal recordKey = KEYS[1]\nlocal channel, message = ARGV[1], ARGV[2]\n\nif redis.call('GETRANGE', recordKey, 0, 1) ~= 'W|' then\n  redis.call('DEL', recordKey)\nelseif redis.call('GETRANGE', recordKey, -1, -1) ~= '!' then\n  redis.call('SET', recordKey, redis.call('GET', recordKey) .. ',!', 'KEEPTTL')\nend\nredis.call('PUBLISH', channel, message)\nreturn 1\n",
};

/** Gives a lease back, only if it is still the caller's; with an error's text, others hold off for a moment. */
export const release: RedisScript<'recordKey', 'token' | 'errorText' | 'retryMs'> = {
  name: 'release',
  sha1: '82a3f1d2b430779eaf998a9f6c70597ca8d7330d',
  keys: ['recordKey'],
  args: ['token', 'errorText', 'retryMs'],
  text: "#!lua flags=allow-oom\n-- Gives a lease back, only if it is still the caller's; with an error's text, others hold off for a moment.\n-- KEYS    recordKey\n-- ARGV    token errorText retryMs\n-- RETURNS 1 given back, 0 no longer the caller's\nlocal recordKey = KEYS[1]\nlocal token, errorText, retryMs = ARGV[1], ARGV[2], ARGV[3]\n\nlocal lease = 'L|' .. token .. '|'\nif redis.call('GETRANGE', recordKey, 0, #lease) ~= lease then\n  return 0\nend\nif errorText == '' then\n  redis.call('DEL', recordKey)\nelse\n  redis.call('SET', recordKey, 'E|' .. errorText .. '|', 'PX', retryMs)\nend\nreturn 1\n",
};
