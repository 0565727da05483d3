import Logging
import NIOConcurrencyHelpers
import NIOCore

/// Listens to channels that come and go, for any number of listeners, on one connection.
///
/// The connection is made for the first listener, made again whenever it is lost while somebody listens, and closed a
/// while after the last has gone. It is one beside those that the configuration's `maximumConnections` counts. Pub/sub
/// keeps nothing, so a listener reads what it waits for when it is told `listening`, each time.
package final class ChannelListener: Sendable {
    /// The most channels at once; a listener to one more is told `ended` (`.overloaded`).
    package static let maximumChannels = 100_000

    private let eventLoop: any EventLoop
    private let core: NIOLoopBoundBox<Core>
    private let nextID = NIOLockedValueBox<UInt64>(0)

    init(connector: RedisConnector, eventLoop: any EventLoop, idle: Duration = .seconds(30), logger: Logger) {
        self.eventLoop = eventLoop
        core = NIOLoopBoundBox.makeBoxSendingValue(
            Core(connector: connector, eventLoop: eventLoop, idle: idle, logger: logger),
            eventLoop: eventLoop
        )
    }

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - channel: The channel.
    ///   - listener: Told on the event loop, so it must be quick and must not block; not any more soon after `cancel`.
    /// - Returns: What ends it. Listening goes on until it is cancelled.
    package func listen(to channel: String, _ listener: @escaping @Sendable (ChannelNews) -> Void) -> ChannelListening {
        let id = nextID.withLockedValue { next in
            next += 1
            return next
        }
        let core = self.core
        eventLoop.execute { core.value.add(listener, id: id, to: channel) }
        return ChannelListening { [eventLoop] in
            eventLoop.execute { core.value.remove(id: id, from: channel) }
        }
    }

    func close() {
        let core = self.core
        eventLoop.execute { core.value.close() }
    }
}

/// One listener to one channel.
package struct ChannelListening: Sendable {
    private let end: @Sendable () -> Void

    package init(_ end: @escaping @Sendable () -> Void) { self.end = end }

    /// Ends it; once is enough. The server is told to be silent when nobody else listens to the channel.
    package func cancel() { end() }
}

/// The part that stays on its event loop.
private final class Core {
    private let connector: RedisConnector
    private let eventLoop: any EventLoop
    private let idle: TimeAmount
    private let logger: Logger
    private var book = ChannelBook(limit: ChannelListener.maximumChannels)
    private var history: ReconnectHistory
    private var link: RedisLink?
    /// A connection is being made, or waits to be tried again.
    private var isConnecting = false
    private var connectedAt = NIODeadline.now()
    private var hasHeard = true
    private var willFlush = false
    private var isClosed = false
    /// Most channels in one command.
    private static let batch = 512

    init(connector: RedisConnector, eventLoop: any EventLoop, idle: Duration, logger: Logger) {
        self.connector = connector
        self.eventLoop = eventLoop
        self.idle = TimeAmount(idle)
        self.logger = logger
        history = ReconnectHistory(backoff: connector.configuration.backoff)
    }

    func add(_ listener: @escaping ChannelBook.Listener, id: UInt64, to channel: String) {
        guard !isClosed else { return listener(.ended(RedisError(.closed, command: "SUBSCRIBE"))) }
        book.add(listener, id: id, to: channel)?.deliver()
        flushSoon()
    }

    func remove(id: UInt64, from channel: String) {
        guard !isClosed else { return }
        book.remove(id: id, from: channel)
        flushSoon()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        let reason = RedisError(.closed, command: "SUBSCRIBE")
        link?.close(reason)
        link = nil
        for notice in book.close(reason) { notice.deliver() }
    }

    /// Once for all that comes and goes in the same turn of the loop.
    private func flushSoon() {
        guard !willFlush else { return }
        willFlush = true
        eventLoop.assumeIsolated().execute { [self] in
            willFlush = false
            flush()
        }
    }

    private func flush() {
        guard !isClosed else { return }
        guard let link else {
            if book.isWanted { connect() }
            return
        }
        let (subscribe, unsubscribe) = book.takeChanges()
        for (name, channels) in [("UNSUBSCRIBE", unsubscribe), ("SUBSCRIBE", subscribe)] {
            var rest = channels[...]
            while !rest.isEmpty {
                link.writeUnanswered(RedisCommand(name, arguments: Array(rest.prefix(Self.batch))))
                rest = rest.dropFirst(Self.batch)
            }
        }
        if book.count == 0 { closeWhenIdle(link) }
    }

    private func closeWhenIdle(_ link: RedisLink) {
        eventLoop.assumeIsolated().scheduleTask(in: idle) { [weak self, weak link] in
            guard let self, let link, self.link === link, book.count == 0 else { return }
            self.link = nil
            link.close(RedisError(.closed, command: "SUBSCRIBE", detail: "nobody listens"))
        }
    }

    // MARK: The connection

    private func connect() {
        guard !isConnecting, !isClosed else { return }
        isConnecting = true
        connector.connect(on: eventLoop, closesOnTimeout: true).assumeIsolated().whenComplete { result in
            self.isConnecting = false
            switch result {
            case .success(let link):
                if self.isClosed {
                    link.value.close(RedisError(.closed, command: "SUBSCRIBE"))
                } else {
                    self.use(link.value)
                }
            case .failure(let error):
                let error = error as? RedisError ?? RedisError(.connectFailed, command: "SUBSCRIBE")
                self.tryAgain(error, delay: self.history.attemptFailed(fraction: self.connector.configuration.random()))
            }
        }
    }

    private func use(_ link: RedisLink) {
        self.link = link
        connectedAt = .now()
        hasHeard = true
        link.onPush = { [weak self] in self?.receive($0) }
        link.onEnded = { [weak self, weak link] reason in
            guard let self, self.link === link else { return }
            lost(reason)
        }
        watch(link)
        flush()
    }

    private func receive(_ reply: RedisReply) {
        hasHeard = true
        if case .error(let text) = reply {
            let error = RedisError(server: text, command: "SUBSCRIBE")
            for notice in book.refuse(error) ?? [] { notice.deliver() }
            return
        }
        guard let channel = reply[1]?.string else { return }
        switch reply[0]?.string {
        case "message": for notice in book.message(reply[2]?.bytes ?? [], on: channel) { notice.deliver() }
        case "subscribe": for notice in book.confirm(channel) { notice.deliver() }
        default: break
        }
    }

    /// Notices a server that is silent although it is asked: a subscribed connection has no commands to time out.
    private func watch(_ link: RedisLink) {
        let interval = TimeAmount(connector.configuration.stallTimeout)
        eventLoop.assumeIsolated().scheduleTask(in: interval) { [weak self, weak link] in
            guard let self, let link, self.link === link else { return }
            guard hasHeard else {
                link.close(RedisError(.connectionLost, command: "SUBSCRIBE", detail: "the server stopped answering"))
                return
            }
            hasHeard = false
            link.writeUnanswered(RedisCommand("PING"))
            watch(link)
        }
    }

    private func lost(_ reason: RedisError) {
        link = nil
        guard !isClosed else { return }
        let lifetime = Duration(NIODeadline.now() - connectedAt)
        tryAgain(reason, delay: history.connectionLost(after: lifetime, fraction: connector.configuration.random()))
    }

    private func tryAgain(_ error: RedisError, delay: Duration) {
        guard !isClosed else { return }
        for notice in book.lose(error) { notice.deliver() }
        guard book.isWanted else { return }
        logger.warning(
            "lost the channels of redis that somebody listens to",
            metadata: ["error": "\(error.debugDescription)", "retry_in": "\(delay)"]
        )
        isConnecting = true
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [weak self] in
            guard let self else { return }
            isConnecting = false
            if book.isWanted { connect() }
        }
    }
}
