import Redis

/// The channels and keys of events and remote control, which belong to no single queue.
///
/// Sources: celery.events.event, kombu.pidbox (`Mailbox`).
struct RemoteNames: Sendable, Hashable {
    private let names: BrokerNames

    init(_ names: BrokerNames) { self.names = names }

    init(_ redis: RedisClient) { self.init(redis.names) }

    static let requestExchange = "celery.pidbox"
    static let replyExchange = "reply.celery.pidbox"
    static let eventExchange = "celeryev"

    /// Channel: requests of remote control, to all workers.
    var requests: String { names.channel(of: Self.requestExchange) }

    /// Channel: events of one type, which `routingKey` names with dots: `task.multi`.
    func events(_ routingKey: String) -> String { names.channel(of: Self.eventExchange, routingKey) }

    /// Set: `routing key SEP pattern SEP queue` for each client that waits for replies.
    var replyBindings: String { names.bindings(of: Self.replyExchange) }

    /// List: the replies to one client; `queue` as its binding names it.
    func replies(_ queue: String) -> String { names.prefix + queue }

    /// What stands between the parts of a binding (kombu.transport.redis, `Channel.sep`).
    static let separator = "\u{6}\u{16}"
}
