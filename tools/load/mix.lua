-- The requests that tools/load/load.sh sends: reads, keyed writes with a small
-- number of keys, and what a broken client or a curious neighbour sends.
local authorization = "Bearer " .. os.getenv("API_KEY")
local body = string.format('{"client_id":"%s","pass_id":"%s"}', os.getenv("CLIENT"), os.getenv("PASS"))
local base = "/v3/api/business/reseller"
local n = 0

local function headers(more)
  local all = { ["Authorization"] = authorization, ["Content-Type"] = "application/json" }
  for name, value in pairs(more or {}) do
    all[name] = value
  end
  return all
end

function init()
  math.randomseed(1)
end

function request()
  n = n + 1
  local dice = n % 10
  if dice < 4 then
    return wrk.format("POST", base .. "/issued_passes", headers({ ["Idempotency-Key"] = "key-" .. math.random(200) }), body)
  elseif dice < 6 then
    return wrk.format("GET", base .. "/passes", headers())
  elseif dice == 6 then
    return wrk.format("GET", base .. "/%ff" .. math.random(1000000), headers({ ["Idempotency-Key"] = "k" .. n }))
  elseif dice == 7 then
    return wrk.format("POST", base .. "/bookings/classes", headers({ ["Bardge-Sandbox-Fault"] = "server-error-after=500" }), "{")
  elseif dice == 8 then
    return wrk.format("GET", "/_sandbox/ledger?limit=10&operation=IssuePass", {})
  end
  return wrk.format("POST", "/_sandbox/expect", { ["Content-Type"] = "application/json" },
    '{"expectations":[{"match":{"operation":"IssuePass"},"exactly":1}]}')
end
