import Redis

extension QueueScripts {
    /// What the scripts share that deal with fairness keys; they need `member`.
    ///
    /// A task with a fairness key stands in `{q}:turn:<key>` instead of the ready list. `{q}:turns` holds the keys by
    /// how far each is served: what was handed out, divided by the key's weight (start-time fair queueing; Goyal, Vin,
    /// Cheng 1996). Who is the least far is next. A key that comes anew begins where the least far one is, and one
    /// whose list is empty is forgotten only once it is the least far: so nobody gains by letting its list run empty.
    /// The ready list takes turns with them under the empty key. `{q}:weights` holds the weights that are not 1.
    ///
    /// Tasks that come back (a retry, a death, an ordering key that is free) go to the front of their key's list.
    static let fairnessFunctions = """
        local function fairKey(message) return member(message, 'fairness_key') end
        local function turnOf(prefix, key)
          local turns = prefix .. 'turns'
          if not redis.call('ZSCORE', turns, key) then
            redis.call('ZADD', turns, redis.call('ZRANGE', turns, 0, 0, 'WITHSCORES')[2] or 0, key)
          end
          return prefix .. 'turn:' .. key
        end
        local function weightOf(prefix, key)
          local weight = tonumber(redis.call('HGET', prefix .. 'weights', key) or 1) or 1
          return math.min(1000, math.max(0.001, weight))
        end
        local function toFront(prefix, message, list)
          local key = fairKey(message)
          if not key then return redis.call('RPUSH', list, message) end
          redis.call('RPUSH', turnOf(prefix, key), message)
          redis.call('PUBLISH', prefix .. 'wake', '')
        end

        """

    /// Hands out in turns; needs `fairnessFunctions`. Replies whether it had enough of it before all was looked at.
    ///
    /// What comes to the ready list with a fairness key, from a producer that only pushes, joins its turn here.
    static let serveInTurns = """
        local function serveInTurns(prefix, ready, free, messages, handOut)
          local weights = {}
          if redis.call('EXISTS', ready) == 1 then turnOf(prefix, '') end
          for _ = 1, 256 do
            if #messages >= free then return false end
            local key = redis.call('ZRANGE', prefix .. 'turns', 0, 0)[1]
            if not key then return false end
            local message = redis.call('RPOP', key == '' and ready or prefix .. 'turn:' .. key)
            local own = message and key == '' and fairKey(message)
            if not message then redis.call('ZREM', prefix .. 'turns', key)
            elseif own then redis.call('LPUSH', turnOf(prefix, own), message)
            else
              local before = #messages
              handOut(message)
              if #messages > before then
                weights[key] = weights[key] or weightOf(prefix, key)
                redis.call('ZINCRBY', prefix .. 'turns', 1 / weights[key], key)
              end
            end
          end
          return true
        end

        """
}
