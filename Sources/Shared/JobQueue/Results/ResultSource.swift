package import Redis

/// Where results stand, and what tells of them: Redis, or memory in a test.
package protocol ResultSource: Sendable {
    /// The names of the keys.
    var names: BrokerNames { get }
    /// What stands under these keys, in their order; nil where nothing does.
    ///
    /// - Throws: `RedisError`, after `timeout` at the latest, as all here that throw.
    func texts(of keys: [String], timeout: Duration) async throws(RedisError) -> [[UInt8]?]
    /// Tells of what is published under a key, until that is cancelled. `listener` must be quick and must not block.
    func listen(to key: String, _ listener: @escaping @Sendable (ChannelNews) -> Void) -> ChannelListening
    /// Removes what stands under these keys.
    func remove(_ keys: [String]) async throws(RedisError)
    /// Stores a text, and tells who listens. A life of zero is for ever.
    func store(_ text: [UInt8], under key: String, life: Duration) async throws(RedisError)
    /// How often to look although nothing was told, where what is published may get lost without a sign; nil for never.
    var looksAgainAfter: Duration? { get }
}

/// Results in Redis.
struct RedisResultSource: ResultSource {
    let redis: RedisClient
    let names: BrokerNames
    /// Most keys in one write.
    private static let batch = 256

    init(redis: RedisClient) {
        self.redis = redis
        names = redis.names
    }

    /// On one server whoever listens sees that a connection is lost. The nodes of a Cluster tell each other what is
    /// published, and of a link that fails between them nobody is told.
    var looksAgainAfter: Duration? { redis.configuration.hasPriorityLists ? nil : .seconds(30) }

    func texts(of keys: [String], timeout: Duration) async throws(RedisError) -> [[UInt8]?] {
        let timeout = min(timeout, redis.configuration.commandTimeout)
        if keys.count == 1 { return [try await redis.send(RedisCommand("GET", keys[0]), timeout: timeout).bytes] }
        var texts: [[UInt8]?] = []
        texts.reserveCapacity(keys.count)
        var rest = keys[...]
        while !rest.isEmpty {
            let replies = try await redis.send(
                pipeline: rest.prefix(Self.batch).map { RedisCommand("GET", $0) },
                timeout: timeout
            )
            for reply in replies { texts.append(try reply.get().bytes) }
            rest = rest.dropFirst(Self.batch)
        }
        return texts
    }

    func listen(to key: String, _ listener: @escaping @Sendable (ChannelNews) -> Void) -> ChannelListening {
        redis.channels.listen(to: key, listener)
    }

    func remove(_ keys: [String]) async throws(RedisError) {
        var rest = keys[...]
        while !rest.isEmpty {
            for reply in try await redis.send(pipeline: rest.prefix(Self.batch).map { RedisCommand("DEL", $0) }) {
                _ = try reply.get()
            }
            rest = rest.dropFirst(Self.batch)
        }
    }

    func store(_ text: [UInt8], under key: String, life: Duration) async throws(RedisError) {
        _ = try await redis.evaluate(QueueScripts.storeResult, keys: [key], arguments: [life.milliseconds, text])
    }
}
