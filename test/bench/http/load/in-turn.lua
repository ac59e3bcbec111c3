-- A script for wrk: requests the paths after `--` one after the other.
local requests, at = {}, 0

function init(paths)
  for index, path in ipairs(paths) do
    requests[index] = wrk.format('GET', path)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
