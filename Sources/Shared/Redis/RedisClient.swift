public import Logging
import NIOConcurrencyHelpers
public import NIOCore
import NIOPosix

/// The client of one Redis: shared connections for everybody's commands, and a bounded pool of dedicated ones.
///
/// It connects when it is first used and reconnects for as long as it is open. ``close()`` ends it; so does letting
/// go of it.
public final class RedisClient: Sendable {
    public let configuration: RedisConfiguration
    /// The server, or of a Cluster any one of them.
    private let home: ServerNode
    /// Knows where keys are; nil where there is but one server.
    private let cluster: Cluster?
    private let group: any EventLoopGroup
    private let logger: Logger
    /// One connection for all who listen to channels that come and go; there once somebody does.
    package let channels: ChannelListener
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
        let resolver: any EndpointResolver
        var cluster: Cluster?
        switch configuration.endpoint {
        case .tcp, .unixSocket: resolver = StandaloneResolver()
        case .sentinel(let set): resolver = SentinelResolver(set, configuration: configuration)
        case .cluster(let seeds):
            let known = Cluster(seeds: seeds, configuration: configuration, group: group, logger: logger)
            cluster = known
            resolver = AnyNodeResolver(known)
        }
        let connector = RedisConnector(configuration: configuration, resolver: resolver)
        self.configuration = configuration
        self.group = group
        self.logger = logger
        self.cluster = cluster
        home = ServerNode(connector: connector, group: group, logger: logger)
        channels = ChannelListener(connector: connector, eventLoop: group.next(), logger: logger)
    }

    deinit { close() }

    /// Connects ahead of the first command and returns when the task is cancelled, having closed everything.
    ///
    /// Not needed for the client to work; it fits a group of services.
    public func run() async throws {
        home.start()
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        for await _ in stream {}
        continuation.finish()
        close()
    }

    /// Closes every connection. Commands that wait fail with `.closed`, and so does every later one.
    public func close() {
        home.close()
        channels.close()
        cluster?.close()
        let open = feeds.withLockedValue { feeds in
            defer { feeds = nil }
            return feeds ?? [:]
        }
        for feed in open.values { feed.close() }
    }

    /// The server that holds `key`, for who opens a connection of its own to it.
    ///
    /// - Throws: `.connectFailed` where no node of a Cluster says which.
    package func node(owning key: String) async throws(RedisError) -> ServerNode {
        guard let cluster else { return home }
        return try await cluster.node(owning: key)
    }

    /// Whether both keys are always on the same server, so that one step can use both.
    package func keepsTogether(_ key: String, _ other: String) -> Bool {
        cluster == nil || HashSlot.slot(of: key) == HashSlot.slot(of: other)
    }

    /// Sends a command without keys to every server that takes writes.
    ///
    /// - Throws: As ``send(_:timeout:)``, with the first that fails.
    package func sendToAll(_ command: RedisCommand) async throws(RedisError) -> [RedisReply] {
        guard let cluster else { return [try await send(command)] }
        do {
            try await cluster.refresh().get()
        } catch {
            throw error as? RedisError ?? RedisError(.connectFailed, command: command.name, detail: "\(error)")
        }
        var replies: [RedisReply] = []
        for server in cluster.servers { replies.append(try await cluster.node(at: server).send(command)) }
        return replies
    }

    /// Takes note of an error on a connection of the caller's own that may say that a key is elsewhere by now.
    package func note(_ error: any Error) { cluster?.note(error, from: nil) }

    /// Lends a connection to `body`: for blocking commands and for what must not queue behind others.
    ///
    /// It leads to the server that holds `key`, where one is given. The connection goes back to the pool as `body` leaves
    /// it, so leave no MULTI, WATCH or SELECT behind. When the task is cancelled the connection is closed, and what waits on it fails with `.cancelled` at once.
    ///
    /// - Throws: `RedisError` where there is no connection (`.poolExhausted`, `.connectFailed`, `.cancelled`,
    ///   `.closed`), else what `body` throws.
    package func withDedicatedConnection<Value>(
        owning key: String? = nil,
        _ body: (RedisConnection) async throws -> Value
    ) async throws -> Value {
        let node = if let key { try await node(owning: key) } else { home }
        do {
            let connection = try await node.pool.lease()
            defer { node.pool.giveBack(connection) }
            return try await withTaskCancellationHandler {
                try await body(connection)
            } onCancel: {
                connection.close(.cancelled)
            }
        } catch {
            cluster?.note(error, from: node.endpoint)
            throw error
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
        try await home.pool.takePlace()
        let (stream, output) = AsyncStream.makeStream(
            of: RedisMessage.self,
            bufferingPolicy: .bufferingNewest(configuration.subscriptionBuffer)
        )
        let counters = NIOLockedValueBox(SubscriptionCounters())
        var commands: [RedisCommand] = []
        if !channels.isEmpty { commands.append(RedisCommand("SUBSCRIBE", arguments: channels)) }
        if !patterns.isEmpty { commands.append(RedisCommand("PSUBSCRIBE", arguments: patterns)) }
        let feed = SubscriptionFeed(
            connector: home.connector,
            commands: commands,
            confirmations: channels.count + patterns.count,
            output: output,
            counters: counters,
            eventLoop: group.next(),
            logger: logger,
            onClosed: { [pool = home.pool] in pool.freePlace() }
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
    package var guardsScripts: Bool { cluster != nil }

    package func enqueue(_ command: WaitingCommand, wantedOn eventLoop: (any EventLoop)?) {
        if let cluster, cluster.enqueue(command, wantedOn: eventLoop) { return }
        home.enqueue(command, wantedOn: eventLoop)
    }
}
