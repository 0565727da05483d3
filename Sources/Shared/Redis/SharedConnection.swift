import Logging
import NIOCore

/// A place on an event loop that always has, or is getting, a connection which all callers' commands share.
///
/// Commands that come while there is none wait here, at most until their deadline, and are written to the next
/// connection; one that was written is never written again.
final class SharedConnection: Sendable {
    let eventLoop: any EventLoop
    private let outbox: Outbox
    private let core: NIOLoopBoundBox<Core>

    init(connector: RedisConnector, eventLoop: any EventLoop, logger: Logger) {
        let outbox = Outbox(
            maximumCommands: connector.configuration.maximumOutstandingCommands,
            maximumBytes: connector.configuration.maximumOutstandingBytes
        )
        self.eventLoop = eventLoop
        self.outbox = outbox
        self.core = NIOLoopBoundBox.makeBoxSendingValue(
            Core(connector: connector, outbox: outbox, eventLoop: eventLoop, logger: logger),
            eventLoop: eventLoop
        )
    }

    deinit { close() }

    func enqueue(_ command: WaitingCommand) {
        switch outbox.offer(command) {
        case .gathered: break
        case .drainNeeded:
            let core = self.core
            eventLoop.execute { core.value.drain() }
        case .refused(let error): command.sink.fail(error)
        }
    }

    /// Begins to connect, if nothing has done so yet.
    func start() {
        let core = self.core
        eventLoop.execute { core.value.start() }
    }

    /// Calls `action` each time that a connection is made.
    func whenConnected(_ action: @escaping @Sendable () -> Void) {
        let core = self.core
        eventLoop.execute { core.value.whenConnected.append(action) }
    }

    /// The server was reached elsewhere: the next attempt waits no longer.
    func retryNow() {
        let core = self.core
        eventLoop.execute { core.value.retryNow() }
    }

    /// Ends the connection for good; what waits fails with `.closed`.
    func close() {
        outbox.fail(with: .closed)
        let core = self.core
        eventLoop.execute { core.value.close() }
    }
}

/// The part of a shared connection that stays on its event loop.
private final class Core {
    private enum Phase {
        case idle
        case connecting
        case backingOff(Scheduled<Void>)
        case ready(RedisLink, since: NIODeadline)
        case closed
    }

    private let connector: RedisConnector
    private let outbox: Outbox
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let timer: DeadlineTimer
    private var phase = Phase.idle
    private var history: ReconnectHistory
    private var lastFailure: RedisError?
    private var batch: [WaitingCommand] = []
    /// Commands that were never written.
    private var waiting: [WaitingCommand] = []
    var whenConnected: [@Sendable () -> Void] = []

    init(connector: RedisConnector, outbox: Outbox, eventLoop: any EventLoop, logger: Logger) {
        self.connector = connector
        self.outbox = outbox
        self.eventLoop = eventLoop
        self.logger = logger
        self.timer = DeadlineTimer(eventLoop: eventLoop)
        self.history = ReconnectHistory(backoff: connector.configuration.backoff)
    }

    func drain() {
        outbox.take(into: &batch)
        if case .ready(let link, _) = phase, link.isOpen {
            link.write(&batch)
            return
        }
        let isFailing = lastFailure != nil && connector.configuration.whileDisconnected == .failFast
        if case .closed = phase {
            abandon(batch, code: .closed)
        } else if isFailing {
            abandon(batch, code: .notConnected)
        } else if let deadline = batch.lazy.map(\.deadline).min() {
            waiting.append(contentsOf: batch)
            timer.arm(for: deadline) { [weak self] in self?.dropOverdue() }
        }
        batch.removeAll(keepingCapacity: true)
        start()
    }

    func start() {
        if case .idle = phase { connect() }
    }

    /// A connection that was made and lost soon keeps to its backoff: such a server is not to be hammered.
    func retryNow() {
        guard case .backingOff(let task) = phase, lastFailure != nil else { return }
        task.cancel()
        connect()
    }

    func close() {
        let last = phase
        phase = .closed  // first, so that the link's end is no loss
        if case .ready(let link, _) = last { link.close(RedisError(.closed, command: "CONNECTION")) }
        if case .backingOff(let task) = last { task.cancel() }
        timer.cancel()
        abandon(waiting, code: .closed)
        waiting = []
    }

    private func connect() {
        phase = .connecting
        let attempt = connector.connect(on: eventLoop, closesOnTimeout: false)
        attempt.assumeIsolated().whenComplete { [weak self] result in
            switch result {
            case .success(let link):
                guard let self, case .connecting = self.phase else {
                    link.value.close(RedisError(.closed, command: "CONNECTION"))
                    return
                }
                self.attach(link.value)
            case .failure(let error):
                self?.attemptFailed(error as? RedisError ?? RedisError(.connectFailed, command: "CONNECT"))
            }
        }
    }

    private func attach(_ link: RedisLink) {
        let outbox = self.outbox
        link.onFinished = { outbox.release($0) }
        link.onRetired = { [weak self, weak link] in self?.detach(link, reason: nil) }
        link.onEnded = { [weak self, weak link] in self?.detach(link, reason: $0) }
        guard link.isOpen else {
            attemptFailed(RedisError(.connectFailed, command: "CONNECT", detail: "closed after the handshake"))
            return
        }
        logger.info("connected to redis", metadata: ["endpoint": "\(connector.configuration)"])
        lastFailure = nil
        phase = .ready(link, since: .now())
        dropOverdue()
        timer.cancel()
        if !waiting.isEmpty { link.write(&waiting) }
        for action in whenConnected { action() }
    }

    /// Looks for the next connection. A link that retires goes on answering what it was sent.
    private func detach(_ link: RedisLink?, reason: RedisError?) {
        guard case .ready(let current, let since) = phase, current === link else { return }
        let lifetime = Duration(NIODeadline.now() - since)
        let delay = history.connectionLost(after: lifetime, fraction: connector.configuration.random())
        logger.warning(
            "lost connection to redis",
            metadata: [
                "error": "\(reason?.debugDescription ?? "sent elsewhere by the server")", "retry_in": "\(delay)",
            ]
        )
        reconnect(after: delay)
    }

    private func attemptFailed(_ error: RedisError) {
        guard case .connecting = phase else { return }
        lastFailure = error
        if connector.configuration.whileDisconnected == .failFast {
            abandon(waiting, code: .notConnected)
            waiting = []
        }
        let delay = history.attemptFailed(fraction: connector.configuration.random())
        // The first failure and then ever fewer, as a long outage has nothing new to say.
        let isNews = history.failures.nonzeroBitCount == 1
        logger.log(
            level: isNews ? .warning : .debug,
            "connecting to redis failed",
            metadata: [
                "endpoint": "\(connector.configuration)",
                "error": "\(error.debugDescription)",
                "attempt": "\(history.failures)",
                "retry_in": "\(delay)",
            ]
        )
        reconnect(after: delay)
    }

    private func reconnect(after delay: Duration) {
        let task = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [weak self] in
            guard let self, case .backingOff = self.phase else { return }
            self.connect()
        }
        phase = .backingOff(task)
    }

    /// Fails the waiting commands whose deadline is past; returns the next deadline.
    @discardableResult
    private func dropOverdue() -> NIODeadline? {
        let now = NIODeadline.now()
        abandon(waiting.filter { $0.deadline <= now }, code: .notConnected)
        waiting.removeAll { $0.deadline <= now }
        return waiting.lazy.map(\.deadline).min()
    }

    /// Fails commands that were never written.
    private func abandon(_ commands: [WaitingCommand], code: RedisError.Code) {
        guard !commands.isEmpty else { return }
        outbox.release((commands.reduce(0) { $0 + $1.replyCount }, commands.reduce(0) { $0 + $1.bytes.count }))
        let detail = lastFailure?.debugDescription ?? "no connection in time"
        for command in commands {
            command.sink.fail(RedisError(code, command: command.name, detail: detail))
        }
    }
}
