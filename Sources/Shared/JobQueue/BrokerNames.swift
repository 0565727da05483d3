package import Redis

/// The names of keys and channels that belong to no single queue, as kombu and Celery write them, and what the names of
/// all begin with.
///
/// With a prefix (``RedisConfiguration/keyPrefix``, kombu's `global_keyprefix`) no key and no channel is without it:
/// several fleets share a Redis, and each may have an account that is let to its own prefix only. Every name that a
/// worker, a producer or a tool uses comes from here or from ``QueueKeys``.
///
/// Sources: kombu.transport.redis (`GlobalKeyPrefixMixin`, `Channel`), celery.backends.redis (`RedisBackend.__init__`).
package struct BrokerNames: Sendable, Hashable {
    /// Those without a prefix, in database 0.
    package static let plain = BrokerNames(prefix: "", database: 0, isClustered: false)

    /// What all names begin with; empty for nothing.
    package let prefix: String
    /// The number of the database, which is part of the channels' names.
    package let database: Int
    /// Whether keys are spread over the nodes of a Cluster.
    let isClustered: Bool
    /// What the names of results begin with: the prefix, with `_` where it does not end in a separator.
    let resultPrefix: String

    package init(prefix: String, database: Int, isClustered: Bool) {
        self.prefix = prefix
        self.database = database
        self.isClustered = isClustered
        let isSeparated = prefix.last.map { ":_-.".contains($0) } ?? true
        resultPrefix = isSeparated ? prefix : prefix + "_"
    }

    // MARK: Kombu's keys

    /// Hash: delivery tag to `[message, exchange, routing key]` of what Python workers hold.
    var unacked: String { prefix + "unacked" }
    /// Sorted set: delivery tag by when it was taken (seconds).
    var unackedIndex: String { prefix + "unacked_index" }
    /// String with a TTL: the lock of who puts back what is in these two.
    var unackedMutex: String { prefix + "unacked_mutex" }

    /// Set: `routing key SEP pattern SEP queue` for each queue that an exchange feeds.
    package func bindings(of exchange: String) -> String { prefix + "_kombu.binding." + exchange }
    /// Set: those of them that never expire (kombu from 5.7).
    package func permanentBindings(of exchange: String) -> String { prefix + "_kombu.binding_permanent." + exchange }

    /// List: the answers to the remote-control requests of one client.
    package func replies(to client: String, exchange: String = "celery") -> String {
        prefix + client + ".reply." + exchange + ".pidbox"
    }

    // MARK: Kombu's channels

    /// Channel of a fanout exchange, such as `celery.pidbox`.
    package func channel(of exchange: String) -> String { "\(prefix)/\(database).\(exchange)" }
    /// Channel of a fanout exchange for one routing key, such as `celeryev` and `task.multi`; also a pattern.
    package func channel(of exchange: String, _ routingKey: String) -> String {
        channel(of: exchange) + "/" + routingKey
    }

    // MARK: Celery's results

    /// String with a TTL, and channel of the same name: a task's state and result.
    package func result(of id: TaskID) -> String { resultPrefix + "celery-task-meta-" + id.rawValue }
    /// String with a TTL, and channel of the same name: the saved result of a group. With `.j`, `.t`, `.s`, `.d` and `.c`
    /// behind it the keys of a chord, which on a Cluster braces keep in one hash slot.
    package func group(_ id: String) -> String {
        let name = resultPrefix + "celery-taskset-meta-" + id
        return isClustered ? "{\(name)}" : name
    }
}

extension RedisClient {
    /// The names of what this client's server holds.
    package var names: BrokerNames {
        BrokerNames(
            prefix: configuration.keyPrefix,
            database: configuration.database,
            isClustered: !configuration.hasPriorityLists
        )
    }

    /// The keys of one queue on this client's server.
    package func keys(of queue: QueueName) -> QueueKeys { QueueKeys(queue, in: names) }
}
