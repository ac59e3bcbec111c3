#!lua flags=allow-oom,allow-cross-slot-keys
-- Reads records. One that is absent, or begins with a text that the caller found to be invalid, gets the caller's lease instead.
-- A script with flags is refused by a server that accepts no writes, so it reads nothing from a replica or a full disk.
-- KEYS    recordKey ...
-- ARGV    lastByte token leaseMs replaces
-- RETURNS for each record its text and its remaining TTL; '' and -2 if it is absent; '' and -3 if the caller holds the lease
local replies, keys, skipped = {}, KEYS, 0
if #KEYS == 0 then
  skipped = ARGV[1] + 1
  keys = {unpack(ARGV, 2, skipped)}
end
local each = #ARGV - skipped > 4 and 4 or 0
for at = 1, #keys do
  local recordKey, from = keys[at], skipped + each * (at - 1)
  local lastByte, token, leaseMs, replaces = ARGV[from + 1], ARGV[from + 2], ARGV[from + 3], ARGV[from + 4]

  local text, ttl = redis.pcall('GETRANGE', recordKey, 0, lastByte), -2
  -- An absent record reads as ''. So does an empty string, but the cache never writes one. An error is a table.
  local isText = type(text) == 'string' and text ~= ''
  local isInvalid = isText and replaces ~= '' and string.sub(text, 1, #replaces) == replaces
  if token ~= '' and (text == '' or isInvalid) then
    local leased = redis.pcall('SET', recordKey, 'L|' .. token .. '|', 'PX', leaseMs)
    text, ttl = leased.err and leased or '', -3
  elseif isText then
    ttl = redis.call('PTTL', recordKey)
  end
  replies[2 * at - 1], replies[2 * at] = text, ttl
end
return replies
