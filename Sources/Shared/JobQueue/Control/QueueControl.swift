package import Redis

/// What operators do to queues: each step is atomic, so any number of them may act at once, beside running workers.
package struct QueueControl: Sendable {
    let redis: RedisClient

    package init(redis: RedisClient) { self.redis = redis }

    /// Lets the queue hand out nothing until it is resumed. What runs goes on, and so does enqueueing.
    ///
    /// - Returns: The pause in force: where there was one already, that one stays.
    package func pause(_ queue: QueueName, as pause: QueuePause) async throws(RedisError) -> QueuePause {
        let key = QueueKeys(queue).paused
        while try await redis.send(RedisCommand("SET", key, pause.bytes, "NX")).isNull {
            // Gone again only where somebody resumed the queue in between.
            if let before = try await redis.send(RedisCommand("GET", key)).bytes { return QueuePause(reading: before) }
        }
        return pause
    }

    /// Ends a pause. Workers look at least about once a second.
    ///
    /// - Returns: The pause that ended; nil where there was none.
    package func resume(_ queue: QueueName) async throws(RedisError) -> QueuePause? {
        try await redis.send(RedisCommand("GETDEL", QueueKeys(queue).paused)).bytes.map { QueuePause(reading: $0) }
    }
}
