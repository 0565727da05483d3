import Redis

extension QueueScripts {
    /// What the scripts share that deal with limits. They need `now`, and the functions of lanes and priorities.
    ///
    /// A task is subject to the limit `task:<its name>` and to those that its header `limits` names, each with the
    /// units that it is thought to cost. What bounds a name is the field of `{q}:limits` of that name, else of its
    /// class: `tenant:*` for `tenant:acme`. A task is handed out once all of its limits let it; else it waits in
    /// `{q}:limited:<name>` behind those that came before, and `{q}:limited` says when to look there again.
    ///
    /// `{q}:holders:<name>` are the tasks that run under a limit of concurrency, `{q}:limit:<name>` is the token bucket
    /// of a rate (`tokens` at the time `at`) and the time `until` which nothing is handed out. A number that somebody
    /// wrote and that is none, bounds nothing.
    static let limitFunctions = """
        local function limitsOf(prefix)
          local fields, limits = redis.call('HGETALL', prefix .. 'limits'), {}
          for at = 1, #fields, 2 do
            local isJSON, limit = pcall(cjson.decode, fields[at + 1])
            if isJSON and type(limit) == 'table' then
              local units, per = tonumber(limit.units), tonumber(limit.per) or 1
              local isRate = units and units > 0 and per > 0
              limits[fields[at]] = {
                concurrency = tonumber(limit.concurrency),
                rate = isRate and units / per / 1000 or nil,
                burst = isRate and math.max(tonumber(limit.burst) or units, 1) or nil,
              }
            end
          end
          return limits
        end
        local function claims(limits, message)
          local found = {}
          local function claim(name, units)
            local limit = limits[name] or limits[(string.match(name, '^[^:]*:') or '') .. '*']
            if limit then found[#found + 1] = {name = name, units = units, limit = limit} end
          end
          claim('task:' .. (member(message, 'task') or ''), 1)
          local at = string.find(message, '"limits":', 1, true)
          local list = at and string.match(message, '^ ?(%b{})', at + 9) or ''
          for name, units in string.gmatch(list, '"([^"]+)": ?([%d.]+)') do claim(name, tonumber(units) or 1) end
          return found
        end
        local function waitFor(prefix, claim)
          local limit = claim.limit
          local state = redis.call('HMGET', prefix .. 'limit:' .. claim.name, 'tokens', 'at', 'until')
          claim.pause = tonumber(state[3] or 0)
          if claim.pause > now then return claim.pause end
          if limit.concurrency and redis.call('ZCARD', prefix .. 'holders:' .. claim.name) >= limit.concurrency then
            return now + 1000
          end
          if limit.rate then
            local since = now - tonumber(state[2] or now)
            claim.tokens = math.min(limit.burst, tonumber(state[1] or limit.burst) + since * limit.rate)
            local missing = math.min(claim.units, limit.burst) - claim.tokens
            if missing > 0 then return now + math.max(1, math.ceil(missing / limit.rate)) end
          end
          return nil
        end
        local function blocked(prefix, found, isNew)
          for _, claim in ipairs(found) do
            local at = isNew and redis.call('ZSCORE', prefix .. 'limited', claim.name) or waitFor(prefix, claim)
            if at then return claim.name, at end
          end
          return nil
        end
        local function store(prefix, claim, tokens)
          local key, limit = prefix .. 'limit:' .. claim.name, claim.limit
          redis.call('HSET', key, 'tokens', tokens, 'at', now)
          local full = math.ceil(math.max(0, limit.burst - tokens) / limit.rate)
          redis.call('PEXPIRE', key, math.max(full, (claim.pause or 0) - now) + 1000)
        end
        local function take(prefix, found, id)
          for _, claim in ipairs(found) do
            if claim.limit.concurrency then redis.call('ZADD', prefix .. 'holders:' .. claim.name, now, id) end
            if claim.tokens then store(prefix, claim, claim.tokens - claim.units) end
          end
        end
        local function queueUp(prefix, name, at, message)
          redis.call('LPUSH', prefix .. 'limited:' .. name, message)
          redis.call('ZADD', prefix .. 'limited', 'NX', at, name)
        end
        local function release(prefix, limits, message)
          for _, claim in ipairs(claims(limits, message)) do
            if redis.call('ZREM', prefix .. 'holders:' .. claim.name, identity(message)) == 1 then
              redis.call('ZADD', prefix .. 'limited', 'XX', now, claim.name)
            end
          end
        end
        local function putBack(prefix, message, ready, priorities)
          release(prefix, limitsOf(prefix), message)
          local lane = ordered(message)
          local holder = lane and redis.call('GET', prefix .. 'lane:' .. lane)
          if holder and holder ~= identity(message) then return repark(prefix, lane, message) end
          toFront(prefix, message, listOf(message, ready, priorities))
        end

        """

    /// What a task spent in truth, and how long its limits rest, told as it is settled; needs `limitFunctions`.
    ///
    /// The text is `{"spent": {name: units}, "pause": {name: ms}}`.
    static let limitNews = """
        local function tell(prefix, limits, message, text)
          local news = cjson.decode(text)
          for _, claim in ipairs(claims(limits, message)) do
            local spent, pause = tonumber((news.spent or {})[claim.name]), tonumber((news.pause or {})[claim.name])
            local key = prefix .. 'limit:' .. claim.name
            if spent and claim.limit.rate then
              local state = redis.call('HMGET', key, 'tokens', 'at', 'until')
              claim.pause = tonumber(state[3] or 0)
              local since = now - tonumber(state[2] or now)
              local tokens = tonumber(state[1] or claim.limit.burst) + since * claim.limit.rate + claim.units - spent
              store(prefix, claim, math.min(claim.limit.burst, tokens))
              redis.call('ZADD', prefix .. 'limited', 'XX', now, claim.name)
            end
            if pause then
              local life = math.max(redis.call('PTTL', key), pause + 1000)
              redis.call('HSET', key, 'until', now + pause)
              redis.call('PEXPIRE', key, life)
              redis.call('ZADD', prefix .. 'limited', 'XX', now + pause, claim.name)
            end
          end
        end

        """
}
