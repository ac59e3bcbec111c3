// Made by npm run generate:lua from scripts/*.lua; do not edit.
import type { RedisScript } from './steps/run-script.js';

/** Replaces the checkpoint of the outbox, unless another process has, or the server went back to older data. */
export const advanceCheckpoint: RedisScript<'from' | 'to' | 'lifeMs'> = {
  name: 'advanceCheckpoint',
  sha1: '9cad04d9ed94b9ba3fad9f01d00af0d50798eebb',
  args: ['from', 'to', 'lifeMs'],
  repliesPerStep: 1,
  text: "#!lua flags=allow-oom\nlocal function step(key, arg1, arg2, arg3)\n-- Replaces the checkpoint of the outbox, unless another process has, or the server went back to older data.\n-- KEYS    recordKey\n-- ARGV    from to lifeMs\n-- RETURNS 1 replaced, 0 another checkpoint is stored\nlocal recordKey = key\nlocal from, to, lifeMs = arg1, arg2, arg3\n\nif (redis.call('GET', recordKey) or '') ~= from then\n  return 0\nend\nredis.call('SET', recordKey, to, 'PX', lifeMs)\nreturn 1\nend\nlocal replies, keys, skipped = {}, KEYS, 0\nif #KEYS == 0 then\n  skipped = ARGV[1] + 1\n  keys = {unpack(ARGV, 2, skipped)}\nend\nlocal each = #ARGV - skipped > 3 and 3 or 0\nfor at = 1, #keys do\n  local from = skipped + each * (at - 1)\n  local ok, reply = pcall(step, keys[at], ARGV[from + 1], ARGV[from + 2], ARGV[from + 3])\n  if not ok and type(reply) ~= 'table' then reply = redis.error_reply(tostring(reply)) end\n  replies[at] = reply\nend\nreturn replies\n",
};

/** Ends a write of a record with the written value, only if no other write or invalidation overlapped. */
export const doneWithValue: RedisScript<'token' | 'value' | 'expiryMs' | 'channel'> = {
  name: 'doneWithValue',
  sha1: '8be2512ca637f4e82eacc2867c23277b28c4f3f5',
  args: ['token', 'value', 'expiryMs', 'channel'],
  repliesPerStep: 1,
  text: "local messages, channel = {}, nil\nlocal function publish(to, message)\n  channel = to\n  messages[#messages + 1] = message\nend\nlocal function step(key, arg1, arg2, arg3, arg4)\n-- Ends a write of a record with the written value, only if no other write or invalidation overlapped.\n-- KEYS    recordKey\n-- ARGV    token value expiryMs channel\n-- RETURNS 1 stored, 0 not stored: the write must still be ended without a value\nlocal recordKey = key\nlocal token, value, expiryMs, channel = arg1, arg2, arg3, arg4\n\n-- A record with the intent of one write reads 'W|life:token' and nothing more.\nlocal text = redis.call('GETRANGE', recordKey, 0, 63)\nif not string.match(text, '^W|%d+:' .. token .. '$') then\n  return 0\nend\nredis.call('SET', recordKey, value, 'PX', expiryMs)\npublish(channel, 'd' .. recordKey)\nreturn 1\nend\nlocal replies, keys, skipped = {}, KEYS, 0\nif #KEYS == 0 then\n  skipped = ARGV[1] + 1\n  keys = {unpack(ARGV, 2, skipped)}\nend\nlocal each = #ARGV - skipped > 4 and 4 or 0\nfor at = 1, #keys do\n  local from = skipped + each * (at - 1)\n  local ok, reply = pcall(step, keys[at], ARGV[from + 1], ARGV[from + 2], ARGV[from + 3], ARGV[from + 4])\n  if not ok and type(reply) ~= 'table' then reply = redis.error_reply(tostring(reply)) end\n  replies[at] = reply\nend\nif #messages == 1 then\n  redis.call('PUBLISH', channel, messages[1])\nelseif #messages > 1 then\n  redis.call('PUBLISH', channel, cjson.encode(messages))\nend\nreturn replies\n",
};

/** Ends a write of a record without a value. The record is empty then, or keeps the intents of the other writes. */
export const done: RedisScript<'token' | 'channel'> = {
  name: 'done',
  sha1: '67e13c894cf9f3a2d81972e6b1722cc0676976b2',
  args: ['token', 'channel'],
  repliesPerStep: 1,
  text: "#!lua flags=allow-oom,allow-cross-slot-keys\nlocal messages, channel = {}, nil\nlocal function publish(to, message)\n  channel = to\n  messages[#messages + 1] = message\nend\nlocal function step(key, arg1, arg2)\n-- Ends a write of a record without a value. The record is empty then, or keeps the intents of the other writes.\n-- KEYS    recordKey\n-- ARGV    token channel\n-- RETURNS 1 the intent of the write was still set, 0 it was lost\nlocal recordKey = key\nlocal token, channel = arg1, arg2\n\nlocal writes, longest, found = {}, 0, 0\nif redis.call('GETRANGE', recordKey, 0, 1) == 'W|' then\n  local text, oldLongest = redis.call('GET', recordKey), 0\n  for life in string.gmatch(text, '(%d+):') do\n    oldLongest = math.max(oldLongest, tonumber(life))\n  end\n  -- The clock of the server may have been set back: no life grows.\n  local elapsed = math.max(oldLongest - redis.call('PTTL', recordKey), 0)\n  for life, other in string.gmatch(text, '(%d+):(%x+)') do\n    local left = tonumber(life) - elapsed\n    if left > 0 and other == token then\n      found = 1\n    elseif left > 0 then\n      table.insert(writes, string.format('%d:%s', left, other))\n      longest = math.max(longest, left)\n    end\n  end\nend\nif #writes > 0 then\n  redis.call('SET', recordKey, 'W|' .. table.concat(writes, ',') .. ',!', 'PX', longest)\nelse\n  redis.call('DEL', recordKey)\nend\npublish(channel, 'd' .. recordKey)\nreturn found\nend\nlocal replies, keys, skipped = {}, KEYS, 0\nif #KEYS == 0 then\n  skipped = ARGV[1] + 1\n  keys = {unpack(ARGV, 2, skipped)}\nend\nlocal each = #ARGV - skipped > 2 and 2 or 0\nfor at = 1, #keys do\n  local from = skipped + each * (at - 1)\n  local ok, reply = pcall(step, keys[at], ARGV[from + 1], ARGV[from + 2])\n  if not ok and type(reply) ~= 'table' then reply = redis.error_reply(tostring(reply)) end\n  replies[at] = reply\nend\nif #messages == 1 then\n  redis.call('PUBLISH', channel, messages[1])\nelseif #messages > 1 then\n  redis.call('PUBLISH', channel, cjson.encode(messages))\nend\nreturn replies\n",
};

/** Gives a tag its first version, and an existing one a longer life. */
export const ensureTagVersion: RedisScript<'text' | 'lifeMs'> = {
  name: 'ensureTagVersion',
  sha1: '3cee965d12f2b3044d3cff608924c1a010b6f873',
  args: ['text', 'lifeMs'],
  repliesPerStep: 1,
  text: "local function step(key, arg1, arg2)\n-- Gives a tag its first version, and an existing one a longer life.\n-- KEYS    recordKey\n-- ARGV    text lifeMs\n-- RETURNS the current text, truncated beyond the length of a version\nlocal recordKey = key\nlocal text, lifeMs = arg1, arg2\n\nlocal current = redis.call('GETRANGE', recordKey, 0, #text)\nif current == '' then\n  redis.call('SET', recordKey, text, 'PX', lifeMs)\n  return text\nend\n-- GT: never shortens. A record that is being written keeps the life of its intents.\nif string.sub(current, 1, 2) ~= 'W|' then\n  redis.call('PEXPIRE', recordKey, lifeMs, 'GT')\nend\nreturn current\nend\nlocal replies, keys, skipped = {}, KEYS, 0\nif #KEYS == 0 then\n  skipped = ARGV[1] + 1\n  keys = {unpack(ARGV, 2, skipped)}\nend\nlocal each = #ARGV - skipped > 2 and 2 or 0\nfor at = 1, #keys do\n  local from = skipped + each * (at - 1)\n  local ok, reply = pcall(step, keys[at], ARGV[from + 1], ARGV[from + 2])\n  if not ok and type(reply) ~= 'table' then reply = redis.error_reply(tostring(reply)) end\n  replies[at] = reply\nend\nreturn replies\n",
};

/** Stores a loaded value, only over the same lease or value that its load began with. */
export const fill: RedisScript<'expectedPrefix' | 'value' | 'expiryMs'> = {
  name: 'fill',
  sha1: '1553f8bc3690d292df480495dd2d1795d0e8ce50',
  args: ['expectedPrefix', 'value', 'expiryMs'],
  repliesPerStep: 1,
  text: "local function step(key, arg1, arg2, arg3)\n-- Stores a loaded value, only over the same lease or value that its load began with.\n-- KEYS    recordKey\n-- ARGV    expectedPrefix value expiryMs\n-- RETURNS 1 stored, 0 not stored\nlocal recordKey = key\nlocal expectedPrefix, value, expiryMs = arg1, arg2, arg3\n\nif redis.call('GETRANGE', recordKey, 0, #expectedPrefix - 1) ~= expectedPrefix then\n  return 0\nend\nredis.call('SET', recordKey, value, 'PX', expiryMs)\nreturn 1\nend\nlocal replies, keys, skipped = {}, KEYS, 0\nif #KEYS == 0 then\n  skipped = ARGV[1] + 1\n  keys = {unpack(ARGV, 2, skipped)}\nend\nlocal each = #ARGV - skipped > 3 and 3 or 0\nfor at = 1, #keys do\n  local from = skipped + each * (at - 1)\n  local ok, reply = pcall(step, keys[at], ARGV[from + 1], ARGV[from + 2], ARGV[from + 3])\n  if not ok and type(reply) ~= 'table' then reply = redis.error_reply(tostring(reply)) end\n  replies[at] = reply\nend\nreturn replies\n",
};

/** Counts the heartbeats of a process, which succeeds only on a master that accepts writes. */
export const heartbeat: RedisScript<'lifeMs'> = {
  name: 'heartbeat',
  sha1: '801d475fff5531bfa2521c6e8c4ea0517fbe3151',
  args: ['lifeMs'],
  repliesPerStep: 1,
  text: "#!lua flags=allow-oom\nlocal function step(key, arg1)\n-- Counts the heartbeats of a process, which succeeds only on a master that accepts writes.\n-- KEYS    heartbeat\n-- ARGV    lifeMs\n-- RETURNS the count; 1 if the previous heartbeat is gone\nlocal count = redis.call('INCR', key)\nredis.call('PEXPIRE', key, arg1)\nreturn count\nend\nlocal replies, keys, skipped = {}, KEYS, 0\nif #KEYS == 0 then\n  skipped = ARGV[1] + 1\n  keys = {unpack(ARGV, 2, skipped)}\nend\nlocal each = #ARGV - skipped > 1 and 1 or 0\nfor at = 1, #keys do\n  local from = skipped + each * (at - 1)\n  local ok, reply = pcall(step, keys[at], ARGV[from + 1])\n  if not ok and type(reply) ~= 'table' then reply = redis.error_reply(tostring(reply)) end\n  replies[at] = reply\nend\nreturn replies\n",
};

/** Announces a write of a record: until DONE, or for lifeMs, the record is neither used nor filled. */
export const intent: RedisScript<'token' | 'lifeMs' | 'channel'> = {
  name: 'intent',
  sha1: 'ffb5da3f31d218c152d8a192ec666d672bbf8d7e',
  args: ['token', 'lifeMs', 'channel'],
  repliesPerStep: 1,
  text: "#!lua flags=allow-oom,allow-cross-slot-keys\nlocal messages, channel = {}, nil\nlocal function publish(to, message)\n  channel = to\n  messages[#messages + 1] = message\nend\nlocal function step(key, arg1, arg2, arg3)\n-- Announces a write of a record: until DONE, or for lifeMs, the record is neither used nor filled.\n-- KEYS    recordKey\n-- ARGV    token lifeMs channel\n-- RETURNS 1\nlocal recordKey = key\nlocal token, lifeMs, channel = arg1, tonumber(arg2), arg3\n\n-- Lives count from the last change of the record, when its TTL was the longest of them.\nlocal writes, longest, overlap = {}, lifeMs, false\nif redis.call('GETRANGE', recordKey, 0, 1) == 'W|' then\n  local text, oldLongest = redis.call('GET', recordKey), 0\n  for life in string.gmatch(text, '(%d+):') do\n    oldLongest = math.max(oldLongest, tonumber(life))\n  end\n  -- The clock of the server may have been set back: no life grows.\n  local elapsed = math.max(oldLongest - redis.call('PTTL', recordKey), 0)\n  for life, other in string.gmatch(text, '(%d+):(%x+)') do\n    local left = tonumber(life) - elapsed\n    if left > 0 then\n      table.insert(writes, string.format('%d:%s', left, other))\n      longest = math.max(longest, left)\n    end\n  end\n  overlap = #writes > 0 or string.sub(text, -1) == '!'\nend\ntable.insert(writes, string.format('%d:%s', lifeMs, token))\nlocal text = 'W|' .. table.concat(writes, ',') .. (overlap and ',!' or '')\nredis.call('SET', recordKey, text, 'PX', longest)\npublish(channel, 'i' .. recordKey)\nreturn 1\nend\nlocal replies, keys, skipped = {}, KEYS, 0\nif #KEYS == 0 then\n  skipped = ARGV[1] + 1\n  keys = {unpack(ARGV, 2, skipped)}\nend\nlocal each = #ARGV - skipped > 3 and 3 or 0\nfor at = 1, #keys do\n  local from = skipped + each * (at - 1)\n  local ok, reply = pcall(step, keys[at], ARGV[from + 1], ARGV[from + 2], ARGV[from + 3])\n  if not ok and type(reply) ~= 'table' then reply = redis.error_reply(tostring(reply)) end\n  replies[at] = reply\nend\nif #messages == 1 then\n  redis.call('PUBLISH', channel, messages[1])\nelseif #messages > 1 then\n  redis.call('PUBLISH', channel, cjson.encode(messages))\nend\nreturn replies\n",
};

/** Empties a record. A record that is being written keeps its intents, and its writers store nothing. */
export const invalidate: RedisScript<'channel'> = {
  name: 'invalidate',
  sha1: '801ac08ed87df5eac894272cb2737e7af7a83a35',
  args: ['channel'],
  repliesPerStep: 1,
  text: "#!lua flags=allow-oom,allow-cross-slot-keys\nlocal messages, channel = {}, nil\nlocal function publish(to, message)\n  channel = to\n  messages[#messages + 1] = message\nend\nlocal function step(key, arg1)\n-- Empties a record. A record that is being written keeps its intents, and its writers store nothing.\n-- KEYS    recordKey\n-- ARGV    channel\n-- RETURNS 1\nlocal recordKey = key\nlocal channel = arg1\n\nif redis.call('GETRANGE', recordKey, 0, 1) ~= 'W|' then\n  redis.call('DEL', recordKey)\nelseif redis.call('GETRANGE', recordKey, -1, -1) ~= '!' then\n  redis.call('SET', recordKey, redis.call('GET', recordKey) .. ',!', 'KEEPTTL')\nend\npublish(channel, 'd' .. recordKey)\nreturn 1\nend\nlocal replies, keys, skipped = {}, KEYS, 0\nif #KEYS == 0 then\n  skipped = ARGV[1] + 1\n  keys = {unpack(ARGV, 2, skipped)}\nend\nlocal each = #ARGV - skipped > 1 and 1 or 0\nfor at = 1, #keys do\n  local from = skipped + each * (at - 1)\n  local ok, reply = pcall(step, keys[at], ARGV[from + 1])\n  if not ok and type(reply) ~= 'table' then reply = redis.error_reply(tostring(reply)) end\n  replies[at] = reply\nend\nif #messages == 1 then\n  redis.call('PUBLISH', channel, messages[1])\nelseif #messages > 1 then\n  redis.call('PUBLISH', channel, cjson.encode(messages))\nend\nreturn replies\n",
};

/** Ends intents no later than their longest life from now, in case the clock of the server was set back. */
export const limitIntents: RedisScript<never> = {
  name: 'limitIntents',
  sha1: '20b277394009b284380d1ae3971be6740525f161',
  args: [],
  repliesPerStep: 1,
  text: "#!lua flags=allow-oom,allow-cross-slot-keys\nlocal function step(key)\n-- Ends intents no later than their longest life from now, in case the clock of the server was set back.\n-- KEYS    recordKey\n-- RETURNS 1 the TTL was too long, 0 it was not\nlocal recordKey = key\n\nif redis.call('GETRANGE', recordKey, 0, 1) ~= 'W|' then\n  return 0\nend\nlocal longest = 0\nfor life in string.gmatch(redis.call('GET', recordKey), '(%d+):') do\n  longest = math.max(longest, tonumber(life))\nend\nif redis.call('PTTL', recordKey) <= longest then\n  return 0\nend\nredis.call('PEXPIRE', recordKey, longest)\nreturn 1\nend\nlocal replies, keys, skipped = {}, KEYS, 0\nif #KEYS == 0 then\n  skipped = ARGV[1] + 1\n  keys = {unpack(ARGV, 2, skipped)}\nend\nlocal each = #ARGV - skipped > 0 and 0 or 0\nfor at = 1, #keys do\n  local from = skipped + each * (at - 1)\n  local ok, reply = pcall(step, keys[at])\n  if not ok and type(reply) ~= 'table' then reply = redis.error_reply(tostring(reply)) end\n  replies[at] = reply\nend\nreturn replies\n",
};

/** Reads records. One that is absent, or begins with a text that the caller found to be invalid, gets the caller's lease instead. */
export const lookup: RedisScript<'lastByte' | 'token' | 'leaseMs' | 'replaces'> = {
  name: 'lookup',
  sha1: '4c891abab0c2bf5d36cce34266ee4324c397f36b',
  args: ['lastByte', 'token', 'leaseMs', 'replaces'],
  repliesPerStep: 2,
  text: "#!lua flags=allow-oom,allow-cross-slot-keys\n-- Reads records. One that is absent, or begins with a text that the caller found to be invalid, gets the caller's lease instead.\n-- A script with flags is refused by a server that accepts no writes, so it reads nothing from a replica or a full disk.\n-- KEYS    recordKey ...\n-- ARGV    lastByte token leaseMs replaces\n-- RETURNS for each record its text and its remaining TTL; '' and -2 if it is absent; '' and -3 if the caller holds the lease\nlocal replies, keys, skipped = {}, KEYS, 0\nif #KEYS == 0 then\n  skipped = ARGV[1] + 1\n  keys = {unpack(ARGV, 2, skipped)}\nend\nlocal each = #ARGV - skipped > 4 and 4 or 0\nfor at = 1, #keys do\n  local recordKey, from = keys[at], skipped + each * (at - 1)\n  local lastByte, token, leaseMs, replaces = ARGV[from + 1], ARGV[from + 2], ARGV[from + 3], ARGV[from + 4]\n\n  local text, ttl = redis.pcall('GETRANGE', recordKey, 0, lastByte), -2\n  -- An absent record reads as ''. So does an empty string, but the cache never writes one. An error is a table.\n  local isText = type(text) == 'string' and text ~= ''\n  local isInvalid = isText and replaces ~= '' and string.sub(text, 1, #replaces) == replaces\n  if token ~= '' and (text == '' or isInvalid) then\n    local leased = redis.pcall('SET', recordKey, 'L|' .. token .. '|', 'PX', leaseMs)\n    text, ttl = leased.err and leased or '', -3\n  elseif isText then\n    ttl = redis.call('PTTL', recordKey)\n  end\n  replies[2 * at - 1], replies[2 * at] = text, ttl\nend\nreturn replies\n",
};

/** Releases a lease, only if it is still the caller's. With an error's text, it blocks other loads for a moment. */
export const release: RedisScript<'token' | 'errorText' | 'retryMs'> = {
  name: 'release',
  sha1: 'ed162f8c4588af0e4b4c53ee850a6996b20d111f',
  args: ['token', 'errorText', 'retryMs'],
  repliesPerStep: 1,
  text: "#!lua flags=allow-oom,allow-cross-slot-keys\nlocal function step(key, arg1, arg2, arg3)\n-- Releases a lease, only if it is still the caller's. With an error's text, it blocks other loads for a moment.\n-- KEYS    recordKey\n-- ARGV    token errorText retryMs\n-- RETURNS 1 released, 0 no longer the caller's\nlocal recordKey = key\nlocal token, errorText, retryMs = arg1, arg2, arg3\n\nlocal lease = 'L|' .. token .. '|'\nif redis.call('GETRANGE', recordKey, 0, #lease) ~= lease then\n  return 0\nend\nif errorText == '' then\n  redis.call('DEL', recordKey)\nelse\n  redis.call('SET', recordKey, 'E|' .. errorText .. '|', 'PX', retryMs)\nend\nreturn 1\nend\nlocal replies, keys, skipped = {}, KEYS, 0\nif #KEYS == 0 then\n  skipped = ARGV[1] + 1\n  keys = {unpack(ARGV, 2, skipped)}\nend\nlocal each = #ARGV - skipped > 3 and 3 or 0\nfor at = 1, #keys do\n  local from = skipped + each * (at - 1)\n  local ok, reply = pcall(step, keys[at], ARGV[from + 1], ARGV[from + 2], ARGV[from + 3])\n  if not ok and type(reply) ~= 'table' then reply = redis.error_reply(tostring(reply)) end\n  replies[at] = reply\nend\nreturn replies\n",
};
