import Redis

extension AuditStream {
    /// What became of a record that was to be appended.
    enum Appended {
        case done
        /// Somebody else's record is the last.
        case head(AuditLink)
        /// There are records, and nothing says which is the last, or another one than remembered.
        case broken
    }

    /// Appends a record if it follows the last one. One round trip.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - again: Whether it may have been appended before, by a call whose reply was lost.
    /// - Returns: What became of it.
    /// - Throws: `RedisError`.
    func append(_ record: AuditRecord, again: Bool) async throws(RedisError) -> Appended {
        let reply = try await redis.evaluate(
            Self.appendScript,
            keys: [logKey, headKey, anchorKey],
            arguments: [record.seq - 1, record.previous, record.seq, record.line, record.hash, again ? 1 : 0]
        )
        switch reply[0]?.integer {
        case 1: return .done
        case 0:
            guard let seq = reply[1]?.integer, let hash = reply[2]?.string else { return .broken }
            return .head(AuditLink(seq: seq, hash: hash))
        default: return .broken
        }
    }

    /// Removes the records up to `last`, if `anchor` is still the last that was removed. One round trip.
    ///
    /// - Parameters:
    ///   - last: The last record to remove.
    ///   - anchor: The last that was removed before.
    /// - Returns: How many went; nil where somebody else removed some meanwhile.
    /// - Throws: `AuditError`, `.unavailable`.
    func remove(through last: AuditLink, since anchor: AuditLink) async throws(AuditError) -> Int? {
        do {
            let reply = try await redis.evaluate(
                Self.removeScript,
                keys: [logKey, anchorKey],
                arguments: [anchor.seq, last.seq, last.hash, last.seq + 1]
            )
            return reply.integer.flatMap { $0 < 0 ? nil : Int($0) }
        } catch {
            throw AuditError(error)
        }
    }

    /// KEYS: log, head, anchor (in a Cluster one more follows). ARGV: seq and hash of the record that the new one
    /// follows; seq, line and hash of the new one; 1 if it may be there already.
    ///
    /// Replies {1} if it is appended, or was; {0, seq, hash of the head} if another is the last; {-1} if there are records
    /// and no head, or records behind the head: then somebody meddled, and nothing is built upon it.
    private static let appendScript = RedisScript(
        name: "audit-append",
        source: """
            local seq = redis.call('HGET', KEYS[2], 'seq')
            local hash = redis.call('HGET', KEYS[2], 'hash')
            if not seq or not hash then
              if redis.call('EXISTS', KEYS[1], KEYS[2], KEYS[3]) > 0 then return {-1} end
              seq, hash = '0', string.rep('0', 64)
            end
            if seq ~= ARGV[1] or hash ~= ARGV[2] then
              if ARGV[6] == '1' then
                local id = ARGV[3] .. '-0'
                local there = redis.call('XRANGE', KEYS[1], id, id)[1]
                if there and there[2][4] == ARGV[4] then return {1} end
              end
              return {0, seq, hash}
            end
            local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
            if last and last[1] ~= seq .. '-0' then return {-1} end
            redis.call('XADD', KEYS[1], ARGV[3] .. '-0', 'seq', ARGV[3], 'record', ARGV[4])
            redis.call('HSET', KEYS[2], 'seq', ARGV[3], 'hash', ARGV[5])
            return {1}
            """
    )

    /// KEYS: log, anchor (in a Cluster one more follows). ARGV: seq of the anchor; seq and hash of the last record to
    /// remove; seq of the first to keep. Replies how many went, or -1 if the anchor is another.
    private static let removeScript = RedisScript(
        name: "audit-remove",
        source: """
            if (redis.call('HGET', KEYS[2], 'seq') or '0') ~= ARGV[1] then return -1 end
            redis.call('HSET', KEYS[2], 'seq', ARGV[2], 'hash', ARGV[3])
            return redis.call('XTRIM', KEYS[1], 'MINID', '=', ARGV[4] .. '-0')
            """
    )
}
