package import Redis

extension RedisCallGovernor {
    /// What the script wants to know of the subjects, in the order of their keys.
    static func arguments(
        _ subjects: [GovernedSubject],
        time: Int64?,
        patience: Duration,
        missed: CallPlace? = nil
    ) -> RedisArguments {
        var arguments: RedisArguments = []
        arguments.append(time.map { String($0) } ?? "")
        arguments.append(min(patience.milliseconds, CallWindow.horizon))
        arguments.append(Int64(subjects.count))
        arguments.append(missed.flatMap { $0.isShared ? String($0.slot) : nil } ?? "")
        for subject in subjects {
            arguments.append(String(subject.pace?.interval ?? 0))
            arguments.append(subject.pace?.burst ?? 0)
            arguments.append(Int64(subject.windows.count))
            for window in subject.windows {
                arguments.append(window.tag)
                for number in [window.limit, window.grain, window.span, window.ring] { arguments.append(number) }
            }
        }
        return arguments
    }

    /// Takes the earliest slot that all limits allow. The same rules as `SlotTable` has.
    ///
    /// KEYS[1]: the month's meter. KEYS[2...]: the subjects (in a Cluster one more key follows), hashes of `hold`, `pace`, and buckets: a tag and the
    /// bucket's number modulo its ring, holding the number times 4096 plus the count, so that what is left of an earlier
    /// round counts for nothing.
    ///
    /// ARGV[1]: milliseconds, or empty for Redis' clock. ARGV[2]: how late the slot may be, in milliseconds, at most
    /// 60000. ARGV[3]: how many subjects. ARGV[4]: a slot of the same call that was not used and is given back
    /// (milliseconds), or empty. Then for each subject: interval and burst of its pace (0 for none), how many windows,
    /// and for each window: tag, limit, milliseconds of a bucket, buckets of a run, buckets of the ring.
    ///
    /// Replies {1 taken, 0 too late (nothing taken), 2 the month's calls are used up; milliseconds until the slot;
    /// calls of the month; 1 if Feishu said that they are used up, else 0; the slot in milliseconds}. After Feishu has
    /// said so, one call in five minutes passes, to find out whether it still does.
    package static let reserveScript = RedisScript(
        name: "feishu-governor-reserve",
        source: """
            local now = tonumber(ARGV[1])
            if not now then
              local time = redis.call('TIME')
              now = time[1] * 1000 + math.floor(time[2] / 1000)
            end
            local patience, last = tonumber(ARGV[2]), tonumber(ARGV[3]) + 1
            local meter = redis.call('HMGET', KEYS[1], 'calls', 'ended')
            local calls, ended = tonumber(meter[1]) or 0, tonumber(meter[2])
            if ended and now < ended + 300000 then
              return {2, ended + 300000 - now, calls, 1, 0}
            end

            local missed = tonumber(ARGV[4])
            local at = 4
            local function number() at = at + 1 return tonumber(ARGV[at]) end
            local slot, windows, paces = now, {}, {}
            for i = 2, last do
              local interval, burst, count = number(), number(), number()
              local known = redis.call('HMGET', KEYS[i], 'hold', 'pace')
              local hold = tonumber(known[1]) or 0
              -- What is later than anybody can have written is from before the clock was set back.
              if hold > now + 3700000 then
                redis.call('HDEL', KEYS[i], 'hold')
                hold = 0
              end
              slot = math.max(slot, hold)
              if burst > 0 then
                local due = tonumber(known[2]) or 0
                if due > now + 60000 + burst * interval then due = now end
                if missed and known[2] then
                  due = due - interval
                  redis.call('HSET', KEYS[i], 'pace', string.format('%.3f', due))
                end
                slot = math.max(slot, math.ceil(due - (burst - 1) * interval))
                paces[#paces + 1] = {key = KEYS[i], due = math.max(due, now) + interval}
              end
              for _ = 1, count do
                at = at + 1
                local window = {
                  key = KEYS[i], tag = ARGV[at], limit = number(), grain = number(), span = number(),
                  ring = number(), counts = {}
                }
                windows[#windows + 1] = window
                if missed then
                  local index = math.floor(missed / window.grain)
                  local field = window.tag .. (index % window.ring)
                  local value = tonumber(redis.call('HGET', KEYS[i], field)) or 0
                  if math.floor(value / 4096) == index and value % 4096 > 0 then
                    redis.call('HSET', KEYS[i], field, string.format('%.0f', value - 1))
                  end
                end
              end
            end

            local function count(window, index)
              local known = window.counts[index]
              if known then return known end
              local fields = {}
              for i = index, index + 31 do fields[#fields + 1] = window.tag .. (i % window.ring) end
              local values = redis.call('HMGET', window.key, unpack(fields))
              for i = 0, 31 do
                local value = tonumber(values[i + 1]) or 0
                window.counts[index + i] = math.floor(value / 4096) == index + i and value % 4096 or 0
              end
              return window.counts[index]
            end

            local function earliest(window, time)
              local index = math.floor(time / window.grain)
              while true do
                local start, sum, full = index - window.span + 1, 0, nil
                for i = start, index do sum = sum + count(window, i) end
                while true do
                  if sum >= window.limit then full = start end
                  if start >= index then break end
                  sum = sum + count(window, start + window.span) - count(window, start)
                  start = start + 1
                end
                if not full then return math.max(time, index * window.grain) end
                index = full + window.span
              end
            end

            local settled = false
            while not settled and slot - now <= patience do
              settled = true
              for _, window in ipairs(windows) do
                local time = earliest(window, slot)
                if time > slot then slot, settled = time, false end
              end
            end
            if missed then calls = redis.call('HINCRBY', KEYS[1], 'calls', -1) end
            if slot - now > patience then return {0, slot - now, calls, ended and 1 or 0, 0} end

            for _, window in ipairs(windows) do
              local index = math.floor(slot / window.grain)
              redis.call('HSET', window.key, window.tag .. (index % window.ring),
                string.format('%.0f', index * 4096 + count(window, index) + 1))
            end
            for _, pace in ipairs(paces) do
              redis.call('HSET', pace.key, 'pace', string.format('%.3f', pace.due))
            end
            for i = 2, last do
              local hold = tonumber(redis.call('HGET', KEYS[i], 'hold')) or 0
              redis.call('PEXPIRE', KEYS[i], math.max(slot, hold) - now + 130000)
            end
            if ended then redis.call('HSET', KEYS[1], 'ended', string.format('%.0f', now)) end
            calls = redis.call('HINCRBY', KEYS[1], 'calls', 1)
            if calls == 1 then redis.call('EXPIRE', KEYS[1], 8640000) end
            return {1, slot - now, calls, ended and 1 or 0, slot}
            """
    )

    /// Lets nothing of a subject pass for a while.
    ///
    /// KEYS[1]: the subject. ARGV[1]: milliseconds, or empty for Redis' clock. ARGV[2]: how long, in milliseconds. Replies
    /// 1; a hold that lasts longer stays.
    package static let holdScript = RedisScript(
        name: "feishu-governor-hold",
        source: """
            local now = tonumber(ARGV[1])
            if not now then
              local time = redis.call('TIME')
              now = time[1] * 1000 + math.floor(time[2] / 1000)
            end
            local hold = math.max(tonumber(redis.call('HGET', KEYS[1], 'hold')) or 0, now + ARGV[2])
            redis.call('HSET', KEYS[1], 'hold', string.format('%.0f', hold))
            redis.call('PEXPIRE', KEYS[1], hold - now + 130000)
            return 1
            """
    )

    /// Marks a month's calls as used up.
    ///
    /// KEYS[1]: the month's meter. ARGV[1]: milliseconds, or empty for Redis' clock. ARGV[2] is not looked at. Replies 1.
    package static let endScript = RedisScript(
        name: "feishu-meter-end",
        source: """
            local now = ARGV[1]
            if now == '' then
              local time = redis.call('TIME')
              now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
            end
            redis.call('HSET', KEYS[1], 'ended', now)
            redis.call('EXPIRE', KEYS[1], 8640000)
            return 1
            """
    )
}
