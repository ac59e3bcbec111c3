-- A script for wrk. The arguments after `--` are the method, the body, and `in-turn` with some paths or `numbered` with the
-- beginning of a path, which a number of eight digits completes.
local texts, at = {}, 0
local before, after

function init(given)
  local method, body, kind = given[1], given[2], given[3]
  if body == '' then
    body = nil
  else
    wrk.headers['Content-Type'] = 'application/json'
  end
  for index = 4, #given do
    texts[index - 3] = wrk.format(method, given[index], nil, body)
  end
  if kind == 'numbered' then
    local first = #method + 1 + #given[4]
    before, after = texts[1]:sub(1, first), texts[1]:sub(first + 1)
  end
end

function request()
  at = at + 1
  if before then
    return before .. string.format('%08d', at - 1) .. after
  end
  return texts[(at - 1) % #texts + 1]
end
