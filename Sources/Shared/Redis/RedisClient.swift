public import Logging
import NIOConcurrencyHelpers
public import NIOCore
import NIOPosix
import Synchronization

/// The client of one Redis server: shared connections for everybody's commands, and a bounded pool of dedicated ones.
///
/// It connects when it is first used and reconnects for as long as it is open. ``close()`` ends it; so does letting
/// go of it.
public final class RedisClient: Sendable {
    public let configuration: RedisConfiguration
    private let connector: RedisConnector
    private let shared: [SharedConnection]
    private let pool: ConnectionPool
    private let group: any EventLoopGroup
    private let logger: Logger
    private let turn = Atomic<Int>(0)
    private let feeds = NIOLockedValueBox<[ObjectIdentifier: SubscriptionFeed]?>([:])

    /// - Parameters:
    ///   - configuration: Where to connect to and with which limits.
    ///   - logger: Told of connections that come and go.
    ///   - eventLoopGroup: Where connections live; nil means NIO's own singleton. Shared connections are spread over
    ///     its loops, and a promise form prefers the shared connection of the loop that asks.
    /// - Throws: `.invalidConfiguration`, naming the setting.
    public init(
        configuration: RedisConfiguration,
        logger: Logger,
        eventLoopGroup: (any EventLoopGroup)? = nil
    ) throws(RedisError) {
        try configuration.validate()
        let group = eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
        let connector = RedisConnector(configuration: configuration, resolver: StandaloneResolver())
        self.configuration = configuration
        self.connector = connector
        self.group = group
        self.logger = logger
        self.shared = (0..<configuration.sharedConnections).map { _ in
            SharedConnection(connector: connector, eventLoop: group.next(), logger: logger)
        }
        // What one learns, all know: else a loop could go on failing commands for the rest of its backoff.
        for connection in shared {
            for other in shared where other !== connection {
                connection.whenConnected { [weak other] in other?.retryNow() }
            }
        }
        self.pool = ConnectionPool(
            connector: connector,
            group: group,
            limit: configuration.maximumConnections - configuration.sharedConnections
        )
    }

    deinit { close() }

    /// Connects ahead of the first command and returns when the task is cancelled, having closed everything.
    ///
    /// Not needed for the client to work; it fits a group of services.
    public func run() async throws {
        for connection in shared { connection.start() }
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        for await _ in stream {}
        continuation.finish()
        close()
    }

    /// Closes every connection. Commands that wait fail with `.closed`, and so does every later one.
    public func close() {
        for connection in shared { connection.close() }
        pool.close()
        let open = feeds.withLockedValue { feeds in
            defer { feeds = nil }
            return feeds ?? [:]
        }
        for feed in open.values { feed.close() }
    }

    /// Lends a connection to `body`: for blocking commands and for what must not queue behind others.
    ///
    /// The connection goes back to the pool as `body` leaves it, so leave no MULTI, WATCH or SELECT behind. When the
    /// task is cancelled the connection is closed, and what waits on it fails with `.cancelled` at once.
    ///
    /// - Throws: `RedisError` where there is no connection (`.poolExhausted`, `.connectFailed`, `.cancelled`,
    ///   `.closed`), else what `body` throws.
    package func withDedicatedConnection<Value>(
        _ body: (RedisConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await pool.lease()
        defer { pool.giveBack(connection) }
        return try await withTaskCancellationHandler {
            try await body(connection)
        } onCancel: {
            connection.close(.cancelled)
        }
    }

    /// Subscribes on a connection of its own, which counts as a dedicated one; returns once the server has confirmed.
    ///
    /// - Throws: `.poolExhausted`, `.connectFailed`, `.server` (an account without the right to the channel), `.closed`,
    ///   `.invalidConfiguration` where there is nothing to subscribe to.
    package func subscribe(
        channels: [String] = [],
        patterns: [String] = []
    ) async throws(RedisError) -> RedisSubscription {
        guard !(channels.isEmpty && patterns.isEmpty) else {
            throw RedisError(.invalidConfiguration, command: "SUBSCRIBE", detail: "no channel and no pattern")
        }
        try await pool.takePlace()
        let (stream, output) = AsyncStream.makeStream(
            of: RedisMessage.self,
            bufferingPolicy: .bufferingNewest(configuration.subscriptionBuffer)
        )
        let counters = NIOLockedValueBox(SubscriptionCounters())
        var commands: [RedisCommand] = []
        if !channels.isEmpty { commands.append(RedisCommand("SUBSCRIBE", arguments: channels)) }
        if !patterns.isEmpty { commands.append(RedisCommand("PSUBSCRIBE", arguments: patterns)) }
        let feed = SubscriptionFeed(
            connector: connector,
            commands: commands,
            confirmations: channels.count + patterns.count,
            output: output,
            counters: counters,
            eventLoop: group.next(),
            logger: logger,
            onClosed: { [pool] in pool.freePlace() }
        )
        output.onTermination = { [weak self, weak feed] _ in
            guard let feed else { return }
            feed.close()
            self?.feeds.withLockedValue { _ = $0?.removeValue(forKey: ObjectIdentifier(feed)) }
        }
        let isOpen = feeds.withLockedValue { feeds in
            feeds?[ObjectIdentifier(feed)] = feed
            return feeds != nil
        }
        if !isOpen { feed.close() }
        do {
            try await withTaskCancellationHandler {
                try await feed.start().get()
            } onCancel: {
                feed.close()
            }
        } catch {
            feed.close()
            if Task.isCancelled { throw RedisError(.cancelled, command: "SUBSCRIBE") }
            throw error as? RedisError ?? RedisError(.connectFailed, command: "SUBSCRIBE", detail: "\(error)")
        }
        return RedisSubscription(stream: stream, counters: counters)
    }
}

extension RedisClient: RedisCommandTarget {
    package var commandTimeout: Duration { configuration.commandTimeout }

    package func enqueue(_ command: WaitingCommand, wantedOn eventLoop: (any EventLoop)?) {
        if shared.count == 1 {
            shared[0].enqueue(command)
        } else if let eventLoop, let near = shared.first(where: { $0.eventLoop === eventLoop }) {
            near.enqueue(command)
        } else {
            let next = turn.wrappingAdd(1, ordering: .relaxed).oldValue
            shared[Int(UInt(bitPattern: next) % UInt(shared.count))].enqueue(command)
        }
    }
}
