import JSON
import Redis

/// A revocation in the queue's set of cancelled tasks. It stands beside the marks of `JobProducer.cancel`, which also
/// end what runs: as Celery has it, what is only revoked goes on where it runs already, and never begins elsewhere.
enum RevocationMark {
    /// What a member of `{q}:cancelled` begins with that ends no running task.
    static let prefix = "revoked:"

    static func member(_ id: String) -> String { prefix + id }
    static func isMark(_ member: String) -> Bool { member.hasPrefix(prefix) }
}

extension QueueScripts {
    /// Marks tasks as revoked, wherever they are or may yet come. The oldest marks go where there are too many.
    ///
    /// KEYS: cancelled. ARGV: how long the marks are kept (ms), the channel of cancellations where running tasks are to
    /// end, too ('' where not), how many marks there may be, what the members begin with, task ids. Replies the ids that were not marked before; only of those the workers are told.
    static let revoke = RedisScript(
        name: "revoke",
        source: leasePrelude + """
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
            local new = {}
            for at = 5, #ARGV do
              if redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[4] .. ARGV[at]) == 1 then
                new[#new + 1] = ARGV[at]
                if ARGV[2] ~= '' then redis.call('PUBLISH', ARGV[2], ARGV[at]) end
              end
            end
            local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[3])
            if over > 0 then redis.call('ZREMRANGEBYRANK', KEYS[1], 0, over - 1) end
            return new
            """
    )

    /// Which of these tasks have been running for a while, as the workers' beats tell.
    ///
    /// KEYS: workers. ARGV: prefix of the queue's keys, task ids. Replies their ids.
    static let runningAmong = RedisScript(
        name: "runningamong",
        source: """
            local running = {}
            for _, worker in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
              local key = ARGV[1] .. 'running:' .. worker
              if redis.call('EXISTS', key) == 1 then
                for at = 2, #ARGV do
                  if redis.call('HEXISTS', key, ARGV[at]) == 1 then running[#running + 1] = ARGV[at] end
                end
              end
            end
            return running
            """
    )

    /// Stores that a task was revoked, unless something is known of it that this must not overwrite
    /// (celery.worker.control, `_revoke`), and tells who waits for it.
    ///
    /// KEYS: the result's. ARGV: its life (ms, 0: for ever), the result. Replies 1, or 0 where it was left.
    static let storeRevoked = RedisScript(
        name: "storerevoked",
        source: """
            local stored = redis.call('GET', KEYS[1])
            if stored then
              local state = string.match(stored, '^{"status": ?"(%u+)"')
              if state ~= 'PENDING' and state ~= 'RECEIVED' and state ~= 'RETRY' and state ~= 'REJECTED' then return 0 end
            end
            local life = tonumber(ARGV[1])
            if life > 0 then redis.call('SET', KEYS[1], ARGV[2], 'PX', life) else redis.call('SET', KEYS[1], ARGV[2]) end
            redis.call('PUBLISH', KEYS[1], ARGV[2])
            return 1
            """
    )
}
