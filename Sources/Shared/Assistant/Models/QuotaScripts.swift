import Redis

/// The steps of ``RedisModelQuota``. All count by Redis' clock.
///
/// KEYS, the same for each:
/// 1. hash, what was spent: `r<second>` requests and `t<second>` tokens of that second, for a minute;
/// 2. sorted set, who is under way: lease by its end (ms);
/// 3. hash, what each lease reserved: `<second> <tokens>`.
enum QuotaScripts {
    private static let clock = """
        local time = redis.call('TIME')
        local second = tonumber(time[1])
        local now = second * 1000 + math.floor(tonumber(time[2]) / 1000)

        """

    /// ARGV: lease, tokens, requests a minute, tokens a minute, concurrent requests (0: no limit each), lifetime (ms).
    ///
    /// Replies 0 where the lease is granted (also where it was before: a lost reply), else for how many milliseconds to
    /// wait, at least 1.
    static let reserve = RedisScript(
        name: "model-quota-reserve",
        source: clock + """
            local lease, tokens, lifetime = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[6])
            local mostRequests, mostTokens, mostAtOnce = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
            for _, ended in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1000)) do
              redis.call('ZREM', KEYS[2], ended)
              redis.call('HDEL', KEYS[3], ended)
            end
            if redis.call('ZSCORE', KEYS[2], lease) then return 0 end
            if mostAtOnce > 0 and redis.call('ZCARD', KEYS[2]) >= mostAtOnce then
              local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
              return math.max(1, math.min(500, tonumber(first[2]) - now))
            end

            local spent, seconds = {r = {}, t = {}}, {}
            local sums = {r = 0, t = 0}
            local fields = redis.call('HGETALL', KEYS[1])
            for at = 1, #fields, 2 do
              local kind, when = string.sub(fields[at], 1, 1), tonumber(string.sub(fields[at], 2))
              if when <= second - 60 then
                redis.call('HDEL', KEYS[1], fields[at])
              else
                spent[kind][when] = tonumber(fields[at + 1])
                sums[kind] = sums[kind] + spent[kind][when]
                seconds[#seconds + 1] = when
              end
            end
            table.sort(seconds)
            local function waitFor(kind, most, units)
              if most == 0 or sums[kind] + units <= most then return 0 end
              local rest = sums[kind]
              for index, when in ipairs(seconds) do
                if when ~= seconds[index - 1] then
                  rest = rest - (spent[kind][when] or 0)
                  if rest + units <= most then return math.max(1, (when + 60) * 1000 - now) end
                end
              end
              return 60000
            end
            local wait = math.max(waitFor('r', mostRequests, 1), waitFor('t', mostTokens, tokens))
            if wait > 0 then return wait end

            redis.call('HINCRBY', KEYS[1], 'r' .. second, 1)
            redis.call('HINCRBY', KEYS[1], 't' .. second, tokens)
            redis.call('EXPIRE', KEYS[1], 61)
            redis.call('ZADD', KEYS[2], now + lifetime, lease)
            redis.call('HSET', KEYS[3], lease, second .. ' ' .. tokens)
            redis.call('PEXPIRE', KEYS[2], lifetime + 60000)
            redis.call('PEXPIRE', KEYS[3], lifetime + 60000)
            return 0
            """
    )

    /// ARGV: lease, tokens that it reserved, lifetime (ms). Replies 1. A lease that has ended meanwhile begins anew,
    /// beyond the limit if need be: its request is under way, whatever we count.
    static let renew = RedisScript(
        name: "model-quota-renew",
        source: clock + """
            local lifetime = tonumber(ARGV[3])
            redis.call('ZADD', KEYS[2], now + lifetime, ARGV[1])
            redis.call('HSETNX', KEYS[3], ARGV[1], second .. ' ' .. ARGV[2])
            redis.call('PEXPIRE', KEYS[2], lifetime + 60000)
            redis.call('PEXPIRE', KEYS[3], lifetime + 60000)
            return 1
            """
    )

    /// ARGV: lease, tokens that the request did cost, or -1 where nobody knows. Replies 1, or 0 where the lease is over.
    static let settle = RedisScript(
        name: "model-quota-settle",
        source: clock + """
            local held = redis.call('HGET', KEYS[3], ARGV[1])
            redis.call('ZREM', KEYS[2], ARGV[1])
            redis.call('HDEL', KEYS[3], ARGV[1])
            if not held then return 0 end
            local cost = tonumber(ARGV[2])
            local began, reserved = string.match(held, '^(%d+) (%d+)$')
            if cost < 0 or not began then return 1 end
            local more = cost - tonumber(reserved)
            if tonumber(began) > second - 60 then
              redis.call('HINCRBY', KEYS[1], 't' .. began, more)
            elseif more > 0 then
              redis.call('HINCRBY', KEYS[1], 't' .. second, more)
            end
            redis.call('EXPIRE', KEYS[1], 61)
            return 1
            """
    )
}
