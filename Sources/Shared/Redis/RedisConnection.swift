package import NIOCore

/// One connection with one owner: for blocking commands, or for commands that must not queue behind others'.
///
/// It does not reconnect; a command that is overdue, a retiring reply such as `READONLY` and ``close()`` end it for
/// good. Usable from any thread. It closes when it is released.
package final class RedisConnection: RedisCommandTarget {
    /// The event loop that the connection lives on.
    package let eventLoop: any EventLoop
    package let commandTimeout: Duration
    package let guardsScripts: Bool
    private let outbox: Outbox
    private let core: NIOLoopBound<Core>
    private let ended: EventLoopPromise<Void>

    /// The part that stays on the event loop.
    private final class Core {
        let link: RedisLink
        var batch: [WaitingCommand] = []

        init(link: RedisLink) { self.link = link }
    }

    /// Opens a connection to the one server that `configuration` names; it lives on `eventLoop`.
    ///
    /// The future fails with `RedisError(.connectFailed)`, after the configured connect timeout at the latest.
    package static func connect(
        configuration: RedisConfiguration,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<RedisConnection> {
        open(RedisConnector(configuration: configuration, resolver: StandaloneResolver()), on: eventLoop)
    }

    static func open(_ connector: RedisConnector, on eventLoop: any EventLoop) -> EventLoopFuture<RedisConnection> {
        connector.connect(on: eventLoop, closesOnTimeout: true).map { link in
            RedisConnection(link: link, configuration: connector.configuration, eventLoop: eventLoop)
        }
    }

    /// Takes over a link; called on its event loop.
    private init(link: NIOLoopBound<RedisLink>, configuration: RedisConfiguration, eventLoop: any EventLoop) {
        let outbox = Outbox(
            maximumCommands: configuration.maximumOutstandingCommands,
            maximumBytes: configuration.maximumOutstandingBytes
        )
        let ended = eventLoop.makePromise(of: Void.self)
        let link = link.value
        link.onFinished = { outbox.release($0) }
        link.onRetired = { outbox.fail(with: .connectionLost) }
        link.onEnded = { reason in
            outbox.fail(with: reason.code)
            ended.succeed()
        }
        if !link.isOpen {
            outbox.fail(with: .connectionLost)
            ended.succeed()
        }
        self.eventLoop = eventLoop
        self.commandTimeout = configuration.commandTimeout
        self.guardsScripts = configuration.isClustered
        self.outbox = outbox
        self.ended = ended
        self.core = NIOLoopBound(Core(link: link), eventLoop: eventLoop)
    }

    deinit { close() }

    /// Completes when the connection has ended, for whatever reason.
    package var closeFuture: EventLoopFuture<Void> { ended.futureResult }

    /// Whether it is open and owes no reply.
    package var isIdle: Bool { outbox.isIdle }

    /// Ends the connection. Commands that wait for replies fail with `.closed` at once; further calls do nothing.
    package func close() { close(.closed) }

    func close(_ code: RedisError.Code) {
        outbox.fail(with: code)
        let core = self.core
        eventLoop.execute { core.value.link.close(RedisError(code, command: "CONNECTION", detail: "closed here")) }
    }

    package func enqueue(_ command: WaitingCommand, wantedOn: (any EventLoop)?) {
        switch outbox.offer(command) {
        case .gathered: break
        case .drainNeeded: eventLoop.execute { self.drain() }
        case .refused(let error): command.sink.fail(error)
        }
    }

    private func drain() {
        let core = core.value
        outbox.take(into: &core.batch)
        core.link.write(&core.batch)
    }

    /// Sends one command; the future completes on the connection's event loop.
    package func send(_ command: RedisCommand, timeout: Duration? = nil) -> EventLoopFuture<RedisReply> {
        submit(command, on: eventLoop, timeout: timeout)
    }
}

extension Outbox {
    /// Refuses everything from now on, and fails what was gathered but not yet taken.
    func fail(with code: RedisError.Code) {
        for command in close(code) {
            command.sink.fail(RedisError(code, command: command.name, detail: "closed before it was sent"))
        }
    }
}
