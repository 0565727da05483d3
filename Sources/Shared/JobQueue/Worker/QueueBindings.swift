package import Logging
package import Redis

/// Which queues an exchange feeds, as kombu keeps it in Redis: a set per exchange, with members `routing key SEP pattern
/// SEP queue` (kombu.transport.redis, `Channel._queue_bind` and `get_table`).
///
/// Not on a Redis Cluster, which kombu's transport does not know.
package struct QueueBindings: Sendable {
    private static let separator = "\u{6}\u{16}"

    let redis: RedisClient

    package init(redis: RedisClient) { self.redis = redis }

    /// Binds queues to the exchanges of their names, which is what Celery declares for an ordinary queue: also to those
    /// that never expire, so that a Python client's deadline for an exchange does not take the queue out.
    ///
    /// Where Redis does not take it, as when its memory is full, only what comes by a named exchange is missed; that is
    /// no reason not to work.
    ///
    /// - Parameters:
    ///   - queues: The queues.
    ///   - logger: Told of what is not bound.
    package func declare(_ queues: [QueueName], logger: Logger) async {
        do throws(RedisError) {
            try await declare(queues)
        } catch {
            logger.warning("queues are not bound to their exchanges", metadata: ["error": "\(error)"])
        }
    }

    /// The same.
    ///
    /// - Throws: `RedisError` where Redis did not confirm; safe to repeat.
    package func declare(_ queues: [QueueName]) async throws(RedisError) {
        guard redis.configuration.hasPriorityLists, !queues.isEmpty else { return }
        let names = redis.names
        var commands: [RedisCommand] = []
        for queue in queues {
            let name = queue.rawValue
            let member = [name, "", name].joined(separator: Self.separator)
            commands.append(RedisCommand("SADD", names.bindings(of: name), member))
            commands.append(RedisCommand("SADD", names.permanentBindings(of: name), member))
        }
        for reply in try await redis.send(pipeline: commands) { _ = try reply.get() }
    }

    /// What is bound to an exchange; nothing where it has never been declared. The nameless one needs no bindings.
    ///
    /// - Throws: `RedisError` where Redis did not answer.
    package func table(of exchange: String) async throws(RedisError) -> [Binding] {
        let members = try await redis.send(RedisCommand("SMEMBERS", redis.names.bindings(of: exchange))).array ?? []
        return members.compactMap(\.string).compactMap { member in
            let parts = member.split(separator: Self.separator, omittingEmptySubsequences: false).map { String($0) }
            guard parts.count == 3 else { return nil }
            return Binding(routingKey: parts[0], pattern: parts[1], queue: QueueName(parts[2]))
        }
    }

    /// One queue that an exchange feeds.
    package struct Binding: Sendable, Hashable {
        let routingKey: String
        /// The regular expression that kombu makes of a routing key with wildcards; empty of an exchange without these.
        let pattern: String
        package let queue: QueueName

        /// Whether a message with this routing key goes to the queue, as kombu decides it
        /// (kombu.transport.virtual.exchange, `DirectExchange` and `TopicExchange`).
        package func matches(_ routingKey: String) -> Bool {
            guard !pattern.isEmpty else { return routingKey == self.routingKey }
            guard let expression = try? Regex(pattern) else { return false }
            return routingKey.wholeMatch(of: expression) != nil
        }
    }
}
