-- wrk script: posts the events of the file EVENTS, each in turn, and prints one line of results.
-- With THINK (milliseconds) every connection pauses that long, give or take a fifth, before each request.
local requests = {}
for line in io.lines(os.getenv("EVENTS")) do
  local timestamp, nonce, signature, body = line:match("^(%S+) (%S+) (%S+) (.*)$")
  requests[#requests + 1] = table.concat({
    "POST /api/feishu/events HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json; charset=utf-8\r\n",
    "X-Lark-Request-Timestamp: ", timestamp, "\r\nX-Lark-Request-Nonce: ", nonce,
    "\r\nX-Lark-Signature: ", signature, "\r\nContent-Length: ", #body, "\r\n\r\n", body,
  })
end

local index = 0
function request()
  index = index % #requests + 1
  return requests[index]
end

local think = tonumber(os.getenv("THINK") or "0")
if think > 0 then
  function delay() return math.random(math.floor(think * 0.8), math.ceil(think * 1.2)) end
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    "RESULT %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
