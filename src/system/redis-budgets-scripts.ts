/**
 * Windows of usage in Redis, by its own clock. A window is a hash from piece of the span to amount, and a piece counts until its youngest part is a span
 * old: never less than the last span holds, a sixtieth more at most.
 */
const WINDOW = `
local PIECES = 60
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

-- What is in a window, as pieces with their ends, oldest first, and their sum. Old ones are removed.
local function read(key, span)
  local piece = span / PIECES
  local all = redis.call("HGETALL", key)
  local live, used = {}, 0
  for i = 1, #all, 2 do
    local ends = (tonumber(all[i]) + 1) * piece + span
    if ends > now then
      local amount = tonumber(all[i + 1])
      used = used + amount
      live[#live + 1] = { ends, amount }
    else
      redis.call("HDEL", key, all[i])
    end
  end
  table.sort(live, function(a, b) return a[1] < b[1] end)
  return live, used
end

local function add(key, span, amount)
  if amount <= 0 then return end
  local piece = span / PIECES
  redis.call("HINCRBY", key, string.format("%d", math.floor(now / piece)), string.format("%d", amount))
  redis.call("PEXPIRE", key, math.ceil(span + 2 * piece))
end
`;

/**
 * KEYS: the silence, whether this process is known, and a window each. ARGV: the weight, and for each window its span, its bound, what this
 * process used of it, and the part of that which nobody counted. Answers `taken` with what is used now, `full` with the time until it may fit, `never`,
 * or `silent` with what is left of it.
 */
export const TAKE = `${WINDOW}
local silent = redis.call("PTTL", KEYS[1])
if silent > 0 then return { "silent", silent } end
local weight = tonumber(ARGV[1])
local isNew = redis.call("EXISTS", KEYS[2]) == 0
local longest, wait, never, used = 0, 0, false, {}
for i = 3, #KEYS do
  local at = 2 + (i - 3) * 4
  local span, bound = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  longest = math.max(longest, span)
  add(KEYS[i], span, tonumber(isNew and ARGV[at + 2] or ARGV[at + 3]))
  local live, sum = read(KEYS[i], span)
  used[i - 2] = sum + weight
  if weight > bound then never = true end
  local left = sum
  for _, each in ipairs(live) do
    if left + weight <= bound then break end
    left = left - each[2]
    wait = math.max(wait, each[1] - now)
  end
end
redis.call("SET", KEYS[2], "1", "PX", math.max(1, longest))
if never then return { "never" } end
if wait > 0 then return { "full", math.ceil(wait) } end
for i = 3, #KEYS do add(KEYS[i], tonumber(ARGV[2 + (i - 3) * 4]), weight) end
return { "taken", unpack(used) }
`;

/** KEYS: a window. ARGV: its span, and what the exchange says was used within it. */
export const CORRECT = `${WINDOW}
local span = tonumber(ARGV[1])
local _, used = read(KEYS[1], span)
add(KEYS[1], span, tonumber(ARGV[2]) - used)
return used
`;

/** KEYS: the silence. ARGV: for how long. Never makes it shorter. */
export const SILENCE = `
if redis.call("PTTL", KEYS[1]) < tonumber(ARGV[1]) then redis.call("SET", KEYS[1], "1", "PX", ARGV[1]) end
return 1
`;
