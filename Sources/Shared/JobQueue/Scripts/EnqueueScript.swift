import Redis

extension QueueScripts {
    /// Adds messages, each only if none of its keys was seen before and its rules let it; remembers the keys in the
    /// same step.
    ///
    /// Rules are '' or an object: `id` (task id), `unique` (key that only one task may have) and `life` (how long at
    /// most, ms), `debounce` (key under which a later message replaces one that is still scheduled), `wait` (how long it
    /// waits then, ms) and `longest` (how long the first may be put off that way, ms), `step` (of the list by priority),
    /// `fair` (fairness key), `body` (the reference of its body, which goes to a key of its own). The queue may have a
    /// bound,
    /// `{"length": n, "policy": "refuse" or "drop"}`: where it is reached a message is refused, or takes the place of
    /// the one that would come first; of tasks with a fairness key each key has as much room.
    ///
    /// Who waits idle is told of a message that its blocking look cannot see: in another list, or soon due.
    ///
    /// KEYS: ready, scheduled, bound, then per message in turn its seen keys and, by its rules, that of its body.
    /// ARGV: how long keys are remembered (ms), prefix of the queue's keys, then per message: text, due time (ms, 0:
    /// now), number of its seen keys, rules, and by its rules its body. Replies a list with, per message, 1 (added), 0 (seen before), 2 (refused), or
    /// the id of the task that has its unique key.
    ///
    /// Every run writes: what was seen before is written again as it is. So whoever waits for this write to reach a
    /// replica or the disk has waited for the one that added the message, too, however long ago and by whom it was.
    static let enqueue = RedisScript(
        name: "enqueue",
        source: "local now = 0\n" + laneFunctions + """
            local ready, scheduled, prefix = KEYS[1], KEYS[2], ARGV[2]
            local bound = redis.call('GET', KEYS[3])
            if bound then
              local isJSON, object = pcall(cjson.decode, bound)
              bound = isJSON and type(object) == 'table' and tonumber(object.length) and object
            end
            local isNews = false
            -- Pushed as one in the end.
            local plain = {}
            local function tick()
              local time = redis.call('TIME')
              now = time[1] * 1000 + math.floor(time[2] / 1000)
            end
            local function listFor(rules) return rules.fair and prefix .. 'turn:' .. rules.fair or ready end
            local function isFull(rules)
              return bound and redis.call('LLEN', listFor(rules)) >= tonumber(bound.length)
            end
            local function makeRoom(rules)
              local message = redis.call('RPOP', listFor(rules))
              if not message then return end
              drop(prefix, message)
              local lane = ordered(message)
              if lane then leaveLane(prefix, lane, identity(message), ready) end
            end
            local function schedule(message, due)
              while redis.call('ZADD', scheduled, 'NX', due, message) == 0 do message = message .. ' ' end
              if due - now < 2000 and redis.call('ZRANGE', scheduled, 0, 0)[1] == message then isNews = true end
              return message
            end
            local function debounce(message, rules)
              tick()
              local key = prefix .. 'debounce:' .. rules.debounce
              local first = now
              local last = redis.call('HMGET', key, 'message', 'first')
              if last[1] and redis.call('ZREM', scheduled, last[1]) == 1 then
                first = tonumber(last[2])
                drop(prefix, last[1])
              end
              message = schedule(message, math.min(now + rules.wait, math.max(now, first + rules.longest)))
              redis.call('HSET', key, 'message', message, 'first', first)
              redis.call('PEXPIRE', key, rules.longest + 60000)
            end
            local function add(message, due, rules)
              if rules.debounce then return debounce(message, rules) end
              if due > 0 then
                tick()
                return schedule(message, due)
              end
              if isFull(rules) then makeRoom(rules) end
              if rules.step then
                redis.call('LPUSH', ready .. '\\6\\22' .. rules.step, message)
                isNews = true
              elseif rules.fair then
                redis.call('LPUSH', turnOf(prefix, rules.fair), message)
                isNews = true
              elseif bound then
                redis.call('LPUSH', ready, message)
              else
                plain[#plain + 1] = message
              end
            end

            local key, number = 4, 0
            local added = {}
            local none = {}
            local index = 3
            while index <= #ARGV do
              local last = key + tonumber(ARGV[index + 2]) - 1
              local due = tonumber(ARGV[index + 1])
              local rules = ARGV[index + 3] == '' and none or cjson.decode(ARGV[index + 3])
              local unique = rules.unique and prefix .. 'unique:' .. rules.unique
              local fate = 1
              if last >= key and redis.call('EXISTS', unpack(KEYS, key, last)) > 0 then fate = 0
              elseif unique and redis.call('EXISTS', unique) == 1 then fate = redis.call('GET', unique)
              elseif bound and bound.policy ~= 'drop' and due == 0 and not rules.debounce and isFull(rules) then fate = 2 end
              if fate == 1 then
                for seen = key, last do redis.call('SET', KEYS[seen], 1, 'PX', ARGV[1]) end
                if unique then redis.call('SET', unique, rules.id, 'PX', rules.life) end
                if rules.body then
                  tick()
                  redis.call('SET', KEYS[last + 1], ARGV[index + 4])
                  redis.call('ZADD', prefix .. 'bodies', now, rules.body)
                end
                add(ARGV[index], due, rules)
                number = number + 1
              elseif fate ~= 2 then
                for seen = key, last do redis.call('SET', KEYS[seen], 1, 'XX', 'KEEPTTL') end
                if fate ~= 0 then redis.call('SET', unique, fate, 'KEEPTTL') end
              end
              key, index = last + (rules.body and 2 or 1), index + (rules.body and 5 or 4)
              added[#added + 1] = fate
            end
            if #plain > 0 then redis.call('LPUSH', ready, unpack(plain)) end
            account(prefix, number)
            if isNews then redis.call('PUBLISH', prefix .. 'wake', '') end
            return added
            """
    )
}
