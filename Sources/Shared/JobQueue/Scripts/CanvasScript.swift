import Redis

extension QueueScripts {
    /// Publishes a canvas.
    ///
    /// KEYS: one that remembers it, if any. ARGV: how long that is (ms), a `CanvasPlan`, and its bodies. Replies 1, or
    /// 0 where it was published before.
    static let canvas = RedisScript(
        name: "canvas",
        source: "local now = redis.call('TIME')[1] * 1000\n" + resultFunction + canvasFunctions + """
            if KEYS[1] then
              if redis.call('EXISTS', KEYS[1]) == 1 then
                redis.call('SET', KEYS[1], 1, 'XX', 'KEEPTTL')
                return 0
              end
              redis.call('SET', KEYS[1], 1, 'PX', ARGV[1])
            end
            carryOut(ARGV[2], ARGV, 3)
            return 1
            """
    )
}
