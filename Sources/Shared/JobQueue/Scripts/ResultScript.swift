import Redis

extension QueueScripts {
    /// Stores a result and tells who waits for it; a stored success is never overwritten.
    static let resultFunction = """
        local function storeResult(key, life, result)
          local stored = redis.call('GET', key)
          if stored and string.find(stored, '^{"status": ?"SUCCESS"') then return 0 end
          if life > 0 then redis.call('SET', key, result, 'PX', life) else redis.call('SET', key, result) end
          redis.call('PUBLISH', key, result)
          return 1
        end

        """

    /// Stores one result by itself.
    ///
    /// KEYS: the result's. ARGV: its life (ms, 0: for ever), the result. Replies 1, or 0 where a success stands already.
    static let storeResult = RedisScript(
        name: "storeresult",
        source: resultFunction + """
            return storeResult(KEYS[1], tonumber(ARGV[1]), ARGV[2])
            """
    )
}
