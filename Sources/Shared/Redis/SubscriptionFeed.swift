import Logging
import NIOConcurrencyHelpers
import NIOCore

/// Keeps one subscription alive on an event loop: connects, subscribes, passes messages on, and begins again.
final class SubscriptionFeed: Sendable {
    let eventLoop: any EventLoop
    private let core: NIOLoopBoundBox<Core>

    /// A feed that has not begun. `onClosed` is called once, when it has ended for good.
    init(
        connector: RedisConnector,
        commands: [RedisCommand],
        confirmations: Int,
        output: AsyncStream<RedisMessage>.Continuation,
        counters: NIOLockedValueBox<SubscriptionCounters>,
        eventLoop: any EventLoop,
        logger: Logger,
        onClosed: @escaping @Sendable () -> Void
    ) {
        self.eventLoop = eventLoop
        self.core = NIOLoopBoundBox.makeBoxSendingValue(
            Core(
                connector: connector,
                commands: commands,
                confirmations: confirmations,
                output: output,
                counters: counters,
                eventLoop: eventLoop,
                logger: logger,
                onClosed: onClosed
            ),
            eventLoop: eventLoop
        )
    }

    /// Completes when the server has confirmed every channel; fails with ``RedisError`` when the first attempt does.
    func start() -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        let core = self.core
        eventLoop.execute { core.value.start(promise) }
        return promise.futureResult
    }

    func close() {
        let core = self.core
        eventLoop.execute { core.value.close(RedisError(.closed, command: "SUBSCRIBE")) }
    }
}

/// The part of a feed that stays on its event loop.
private final class Core {
    private let connector: RedisConnector
    private let commands: [RedisCommand]
    private let confirmations: Int
    private let output: AsyncStream<RedisMessage>.Continuation
    private let counters: NIOLockedValueBox<SubscriptionCounters>
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let onClosed: @Sendable () -> Void

    private var history: ReconnectHistory
    private var link: RedisLink?
    private var connectedAt = NIODeadline.now()
    private var missingConfirmations = 0
    private var hasHeard = true
    /// Told of the first success or failure only.
    private var started: EventLoopPromise<Void>?
    private var isFirst = true
    private var isClosed = false

    init(
        connector: RedisConnector,
        commands: [RedisCommand],
        confirmations: Int,
        output: AsyncStream<RedisMessage>.Continuation,
        counters: NIOLockedValueBox<SubscriptionCounters>,
        eventLoop: any EventLoop,
        logger: Logger,
        onClosed: @escaping @Sendable () -> Void
    ) {
        self.connector = connector
        self.commands = commands
        self.confirmations = confirmations
        self.output = output
        self.counters = counters
        self.eventLoop = eventLoop
        self.logger = logger
        self.onClosed = onClosed
        self.history = ReconnectHistory(backoff: connector.configuration.backoff)
    }

    func start(_ promise: EventLoopPromise<Void>) {
        guard !isClosed else { return promise.fail(RedisError(.closed, command: "SUBSCRIBE")) }
        started = promise
        connect()
    }

    func close(_ reason: RedisError) {
        guard !isClosed else { return }
        isClosed = true
        link?.close(reason)
        link = nil
        started?.fail(reason)
        started = nil
        output.finish()
        onClosed()
    }

    private func connect() {
        guard !isClosed else { return }
        connector.connect(on: eventLoop, closesOnTimeout: true).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let link):
                if self.isClosed {
                    link.value.close(RedisError(.closed, command: "SUBSCRIBE"))
                } else {
                    self.subscribe(on: link.value)
                }
            case .failure(let error):
                let error = error as? RedisError ?? RedisError(.connectFailed, command: "SUBSCRIBE")
                self.tryAgain(error, delay: self.history.attemptFailed(fraction: self.connector.configuration.random()))
            }
        }
    }

    private func subscribe(on link: RedisLink) {
        self.link = link
        connectedAt = .now()
        missingConfirmations = confirmations
        hasHeard = true
        link.onPush = { [weak self] in self?.receive($0) }
        link.onEnded = { [weak self] in self?.lost($0) }
        for command in commands { link.writeUnanswered(command) }
        watch(link)
    }

    private func receive(_ reply: RedisReply) {
        hasHeard = true
        switch SubscriptionPush(reply) {
        case .message(let message):
            if case .dropped = output.yield(message) { counters.withLockedValue { $0.dropped += 1 } }
        case .confirmation:
            missingConfirmations -= 1
            guard missingConfirmations == 0 else { return }
            if !isFirst { counters.withLockedValue { $0.reconnections += 1 } }
            isFirst = false
            started?.succeed()
            started = nil
        case .signOfLife: break
        case .refusal(let text):
            link?.close(RedisError(server: text, command: "SUBSCRIBE"))
        }
    }

    /// Notices a server that is silent although it is asked: a subscribed connection has no commands to time out.
    private func watch(_ link: RedisLink) {
        let interval = TimeAmount(connector.configuration.stallTimeout)
        eventLoop.assumeIsolated().scheduleTask(in: interval) { [weak self, weak link] in
            guard let self, let link, self.link === link else { return }
            guard self.hasHeard, self.missingConfirmations == 0 else {
                link.close(RedisError(.connectionLost, command: "SUBSCRIBE", detail: "the server stopped answering"))
                return
            }
            self.hasHeard = false
            link.writeUnanswered(RedisCommand("PING"))
            self.watch(link)
        }
    }

    private func lost(_ reason: RedisError) {
        link = nil
        guard !isClosed else { return }
        let lifetime = Duration(NIODeadline.now() - connectedAt)
        let delay = history.connectionLost(after: lifetime, fraction: connector.configuration.random())
        tryAgain(reason, delay: delay)
    }

    private func tryAgain(_ error: RedisError, delay: Duration) {
        if isFirst { return close(error) }
        logger.warning(
            "lost a subscription to redis",
            metadata: ["error": "\(error.debugDescription)", "retry_in": "\(delay)"]
        )
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [weak self] in self?.connect() }
    }
}
