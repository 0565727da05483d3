import Redis

/// Each change of the registry in one step.
enum PluginScripts {
    /// Adds, replaces or removes a record if it is still as the caller read it, and keeps count of who uses which package.
    ///
    /// A record is stored as `{"etag":…,"generation":…,` and the caller's members, both numbers being of the script's
    /// making, so that one read tells all.
    ///
    /// KEYS: registry, revision, standing, logs, then package and uses of each package that the record has, then those
    /// of each that it had. ARGV: name, etag that it has to have ('' for none to be there), record ('' to remove it),
    /// generation ('' for a new one), most records, number of packages it has, number it had. Replies
    /// `[OK, etag, generation]` or `[EXISTS]`, `[UNKNOWN]`, `[CONFLICT]`, `[TOO_MANY]`, `[NO_PACKAGE]`.
    static let change = RedisScript(
        name: "pluginchange",
        source: """
            local was = redis.call('HGET', KEYS[1], ARGV[1])
            if ARGV[2] == '' then
              if was then return {'EXISTS'} end
              if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[5]) then return {'TOO_MANY'} end
            else
              if not was then return {'UNKNOWN'} end
              if string.match(was, '^{"etag":(%d+),') ~= ARGV[2] then return {'CONFLICT'} end
            end
            local has, had = tonumber(ARGV[6]), tonumber(ARGV[7])
            for at = 5, 3 + 2 * has, 2 do
              if redis.call('EXISTS', KEYS[at]) == 0 then return {'NO_PACKAGE'} end
            end
            local etag = string.format('%.0f', redis.call('INCR', KEYS[2]))
            local generation = ARGV[4] ~= '' and ARGV[4] or etag
            for at = 5, 3 + 2 * has, 2 do
              redis.call('PERSIST', KEYS[at])
              redis.call('SADD', KEYS[at + 1], ARGV[1])
            end
            for at = 5 + 2 * has, 3 + 2 * (has + had), 2 do
              redis.call('SREM', KEYS[at + 1], ARGV[1])
              if redis.call('SCARD', KEYS[at + 1]) == 0 then redis.call('DEL', KEYS[at]) end
            end
            if ARGV[3] == '' then
              redis.call('HDEL', KEYS[1], ARGV[1])
              redis.call('DEL', KEYS[3], KEYS[4])
            else
              redis.call('HSET', KEYS[1], ARGV[1],
                '{"etag":' .. etag .. ',"generation":' .. generation .. ',' .. string.sub(ARGV[3], 2))
            end
            return {'OK', etag, generation}
            """
    )

    /// Stores a package for a while, until a record uses it; leaves alone one that is there, but for its lifetime.
    ///
    /// KEYS: package. ARGV: bytes, lifetime (s). Replies 1.
    static let keep = RedisScript(
        name: "pluginkeep",
        source: """
            local isUsed = redis.call('TTL', KEYS[1]) == -1
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then redis.call('SET', KEYS[1], ARGV[1]) end
            if not isUsed then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
            return 1
            """
    )

    /// Notes what a worker says of a plugin, and forgets workers that have said nothing for long.
    ///
    /// KEYS: standing, registry. ARGV: name, worker, standing (which begins with `{"at":` and a time), the time before
    /// which others are forgotten, lifetime of the whole (ms). Replies 1, or 0 where there is no such plugin.
    static let report = RedisScript(
        name: "pluginreport",
        source: """
            if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return 0 end
            local entries = redis.call('HGETALL', KEYS[1])
            for at = 1, #entries, 2 do
              local time = tonumber(string.match(entries[at + 1], '^{"at":(%d+),'))
              if not time or time < tonumber(ARGV[4]) then redis.call('HDEL', KEYS[1], entries[at]) end
            end
            redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
            redis.call('PEXPIRE', KEYS[1], ARGV[5])
            return 1
            """
    )

    /// Adds lines to the log of a plugin and forgets its oldest.
    ///
    /// KEYS: logs, registry. ARGV: name, most lines, lifetime (ms), lines. Replies 1, or 0 where there is no such plugin.
    static let log = RedisScript(
        name: "pluginlog",
        source: """
            if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return 0 end
            redis.call('RPUSH', KEYS[1], unpack(ARGV, 4))
            redis.call('LTRIM', KEYS[1], -tonumber(ARGV[2]), -1)
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
            return 1
            """
    )
}
