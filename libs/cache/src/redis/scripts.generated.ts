// Made by npm run generate:lua from scripts/*.lua; do not edit.
import type { RedisScript } from './run-script.js';

/** Takes the right to fill a slot that is absent, or whose value the caller found to be invalid. */
export const acquire: RedisScript<'slot', 'token' | 'leaseMs' | 'invalidFillId'> = {
  name: 'acquire',
  sha1: '9d02d3e3da37dcc724521457f432bd239e2ad09d',
  keys: ['slot'],
  args: ['token', 'leaseMs', 'invalidFillId'],
  text: "-- Takes the right to fill a slot that is absent, or whose value the caller found to be invalid.\n-- KEYS    slot\n-- ARGV    token leaseMs invalidFillId\n-- RETURNS 1 acquired, 0 something else stands there\nlocal slot = KEYS[1]\nlocal token, leaseMs, invalidFillId = ARGV[1], ARGV[2], ARGV[3]\n\nlocal invalid = 'V|' .. invalidFillId .. '|'\nlocal start = redis.call('GETRANGE', slot, 0, #invalid - 1)\n-- An absent slot reads as '', and so does one that holds nothing: we never write such a one.\nif start == '' or (invalidFillId ~= '' and start == invalid) then\n  redis.call('SET', slot, 'L|' .. token .. '|', 'PX', leaseMs)\n  return 1\nend\nreturn 0\n",
};

/** Gives a tag its first version, and an existing one a longer life. */
export const create: RedisScript<'slot', 'text' | 'lifeMs'> = {
  name: 'create',
  sha1: '2c640b930621abe6fd475c2ae9e0dc276f5238d9',
  keys: ['slot'],
  args: ['text', 'lifeMs'],
  text: "-- Gives a tag its first version, and an existing one a longer life.\n-- KEYS    slot\n-- ARGV    text lifeMs\n-- RETURNS the text that stands then, cut where no version is as long\nlocal slot = KEYS[1]\nlocal text, lifeMs = ARGV[1], ARGV[2]\n\nlocal standing = redis.call('GETRANGE', slot, 0, #text)\nif standing == '' then\n  redis.call('SET', slot, text, 'PX', lifeMs)\n  return text\nend\n-- GT: never shortens. A slot that is being written keeps the life of its writers.\nif string.sub(standing, 1, 2) ~= 'W|' then\n  redis.call('PEXPIRE', slot, lifeMs, 'GT')\nend\nreturn standing\n",
};

/** Ends a write of a slot with the value that was written, only if no other write or invalidation fell beside it. */
export const doneWithValue: RedisScript<'slot', 'token' | 'value' | 'hardMs' | 'channel' | 'message'> = {
  name: 'doneWithValue',
  sha1: '468a3a5e6fb35646ae8e19b97f4e2733d5a4ed58',
  keys: ['slot'],
  args: ['token', 'value', 'hardMs', 'channel', 'message'],
  text: "-- Ends a write of a slot with the value that was written, only if no other write or invalidation fell beside it.\n-- KEYS    slot\n-- ARGV    token value hardMs channel message\n-- RETURNS 1 stored, 0 refused: the write is still to be ended without a value\nlocal slot = KEYS[1]\nlocal token, value, hardMs, channel, message = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]\n\n-- A slot that one write marked alone reads 'W|life:token' and nothing more.\nlocal text = redis.call('GETRANGE', slot, 0, 63)\nif not string.match(text, '^W|%d+:' .. token .. '$') then\n  return 0\nend\nredis.call('SET', slot, value, 'PX', hardMs)\nredis.call('PUBLISH', channel, message)\nreturn 1\n",
};

/** Ends a write of a slot without a value: the slot is empty then, or still marked for the others that write it. */
export const done: RedisScript<'slot', 'token' | 'channel' | 'message'> = {
  name: 'done',
  sha1: 'bea7d94a82c56723a68f1f26db1ff3bbbbd48d1c',
  keys: ['slot'],
  args: ['token', 'channel', 'message'],
  text: "#!lua flags=allow-oom\n-- Ends a write of a slot without a value: the slot is empty then, or still marked for the others that write it.\n-- KEYS    slot\n-- ARGV    token channel message\n-- RETURNS 1 the write was marked until now, 0 its mark was lost\nlocal slot = KEYS[1]\nlocal token, channel, message = ARGV[1], ARGV[2], ARGV[3]\n\nlocal writes, longest, marked = {}, 0, 0\nif redis.call('GETRANGE', slot, 0, 1) == 'W|' then\n  local text, oldLongest = redis.call('GET', slot), 0\n  for life in string.gmatch(text, '(%d+):') do\n    oldLongest = math.max(oldLongest, tonumber(life))\n  end\n  local elapsed = oldLongest - redis.call('PTTL', slot)\n  for life, other in string.gmatch(text, '(%d+):(%x+)') do\n    local left = tonumber(life) - elapsed\n    if left > 0 and other == token then\n      marked = 1\n    elseif left > 0 then\n      table.insert(writes, string.format('%d:%s', left, other))\n      longest = math.max(longest, left)\n    end\n  end\nend\nif #writes > 0 then\n  redis.call('SET', slot, 'W|' .. table.concat(writes, ',') .. ',!', 'PX', longest)\nelse\n  redis.call('DEL', slot)\nend\nredis.call('PUBLISH', channel, message)\nreturn marked\n",
};

/** Writes to the server, which only a master that may be written to can do. */
export const fence: RedisScript<'fence', 'lifeMs'> = {
  name: 'fence',
  sha1: '5b285df131657e929ad1d03d719cb26f407c6b94',
  keys: ['fence'],
  args: ['lifeMs'],
  text: "#!lua flags=allow-oom\n-- Writes to the server, which only a master that may be written to can do.\n-- KEYS    fence\n-- ARGV    lifeMs\n-- RETURNS 1\nredis.call('SET', KEYS[1], '1', 'PX', ARGV[1])\nreturn 1\n",
};

/** Stores a loaded value, only over the very lease or value that its load began with. */
export const fill: RedisScript<'slot', 'expectedPrefix' | 'value' | 'hardMs'> = {
  name: 'fill',
  sha1: '2eacd33f61e15e9ff4e56a1155ab62e90f5d9e65',
  keys: ['slot'],
  args: ['expectedPrefix', 'value', 'hardMs'],
  text: "-- Stores a loaded value, only over the very lease or value that its load began with.\n-- KEYS    slot\n-- ARGV    expectedPrefix value hardMs\n-- RETURNS 1 stored, 0 refused\nlocal slot = KEYS[1]\nlocal expectedPrefix, value, hardMs = ARGV[1], ARGV[2], ARGV[3]\n\nif redis.call('GETRANGE', slot, 0, #expectedPrefix - 1) ~= expectedPrefix then\n  return 0\nend\nredis.call('SET', slot, value, 'PX', hardMs)\nreturn 1\n",
};

/** Marks a slot as being written: until DONE, or for lifeMs, nobody uses or fills it. */
export const intent: RedisScript<'slot', 'token' | 'lifeMs' | 'channel' | 'message'> = {
  name: 'intent',
  sha1: 'a80a09757426e520b3d7f5d7da9387de17ee7373',
  keys: ['slot'],
  args: ['token', 'lifeMs', 'channel', 'message'],
  text: "#!lua flags=allow-oom\n-- Marks a slot as being written: until DONE, or for lifeMs, nobody uses or fills it.\n-- KEYS    slot\n-- ARGV    token lifeMs channel message\n-- RETURNS 1\nlocal slot = KEYS[1]\nlocal token, lifeMs, channel, message = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]\n\n-- Lives count from the last change of the slot, whose TTL was the longest of them then.\nlocal writes, longest, overlap = {}, lifeMs, false\nif redis.call('GETRANGE', slot, 0, 1) == 'W|' then\n  local text, oldLongest = redis.call('GET', slot), 0\n  for life in string.gmatch(text, '(%d+):') do\n    oldLongest = math.max(oldLongest, tonumber(life))\n  end\n  local elapsed = oldLongest - redis.call('PTTL', slot)\n  for life, other in string.gmatch(text, '(%d+):(%x+)') do\n    local left = tonumber(life) - elapsed\n    if left > 0 then\n      table.insert(writes, string.format('%d:%s', left, other))\n      longest = math.max(longest, left)\n    end\n  end\n  overlap = #writes > 0 or string.sub(text, -1) == '!'\nend\ntable.insert(writes, string.format('%d:%s', lifeMs, token))\nlocal text = 'W|' .. table.concat(writes, ',') .. (overlap and ',!' or '')\nredis.call('SET', slot, text, 'PX', longest)\nredis.call('PUBLISH', channel, message)\nreturn 1\n",
};

/** Empties a slot. One that is being written stays marked, and its writers store nothing. */
export const invalidate: RedisScript<'slot', 'channel' | 'message'> = {
  name: 'invalidate',
  sha1: '97c1e88c757b0a856f79a1a51b4489baedc2b40d',
  keys: ['slot'],
  args: ['channel', 'message'],
  text: "#!lua flags=allow-oom\n-- Empties a slot. One that is being written stays marked, and its writers store nothing.\n-- KEYS    slot\n-- ARGV    channel message\n-- RETURNS 1\nlocal slot = KEYS[1]\nlocal channel, message = ARGV[1], ARGV[2]\n\nif redis.call('GETRANGE', slot, 0, 1) ~= 'W|' then\n  redis.call('DEL', slot)\nelseif redis.call('GETRANGE', slot, -1, -1) ~= '!' then\n  redis.call('SET', slot, redis.call('GET', slot) .. ',!', 'KEEPTTL')\nend\nredis.call('PUBLISH', channel, message)\nreturn 1\n",
};

/** Gives a lease back, only if it is still the caller's; with an error's text, others hold off for a moment. */
export const release: RedisScript<'slot', 'token' | 'errorText' | 'retryMs'> = {
  name: 'release',
  sha1: '222697bbbf053379349b8d4de102a763bceee3e7',
  keys: ['slot'],
  args: ['token', 'errorText', 'retryMs'],
  text: "#!lua flags=allow-oom\n-- Gives a lease back, only if it is still the caller's; with an error's text, others hold off for a moment.\n-- KEYS    slot\n-- ARGV    token errorText retryMs\n-- RETURNS 1 given back, 0 no longer the caller's\nlocal slot = KEYS[1]\nlocal token, errorText, retryMs = ARGV[1], ARGV[2], ARGV[3]\n\nlocal lease = 'L|' .. token .. '|'\nif redis.call('GETRANGE', slot, 0, #lease) ~= lease then\n  return 0\nend\nif errorText == '' then\n  redis.call('DEL', slot)\nelse\n  redis.call('SET', slot, 'E|' .. errorText .. '|', 'PX', retryMs)\nend\nreturn 1\n",
};
