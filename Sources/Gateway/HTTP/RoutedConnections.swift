import Logging
import NIOCore

/// The connections that the router answers on: each in a task of the server, which waits for them all.
struct RoutedConnections: Sendable {
    private typealias Attaching = EventLoopFuture<RouterChannel.Value>

    private let router: RouterChannel
    private let logger: Logger
    private let arriving: AsyncStream<Attaching>
    private let arrivals: AsyncStream<Attaching>.Continuation

    init(router: RouterChannel, logger: Logger) {
        self.router = router
        self.logger = logger
        (self.arriving, self.arrivals) = AsyncStream.makeStream()
    }

    /// Adds the router's handlers to the end of a connection's pipeline; what comes through them is answered from then
    /// on. After the end of `answer` it closes the connection instead.
    ///
    /// Called on the channel's event loop.
    func attach(_ channel: any Channel) {
        // First a task is sure to come, then the handlers: without one nobody would ever finish them.
        let attaching = channel.eventLoop.makePromise(of: RouterChannel.Value.self)
        guard case .enqueued = arrivals.yield(attaching.futureResult) else {
            attaching.fail(ChannelError.ioOnClosedChannel)
            channel.close(promise: nil)
            return
        }
        do {
            attaching.succeed(try router.attach(channel))
        } catch {
            attaching.fail(error)
            channel.close(promise: nil)
        }
    }

    /// Answers what comes through the router's handlers; returns when `serve` and the last answer have ended.
    ///
    /// Cancellation cancels both, and connections that would be attached from then on are closed.
    ///
    /// - Parameter serve: Returns when every connection has closed. What the router still does then is cancelled.
    func answer(while serve: @escaping @Sendable () async -> Void) async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask {
                await serve()
                arrivals.finish()
            }
            for await attaching in arriving {
                tasks.addTask { await answer(attaching) }
            }
            tasks.cancelAll()
        }
    }

    private func answer(_ attaching: Attaching) async {
        do {
            let exchange = try await attaching.get()
            await router.handle(value: exchange, logger: logger)
        } catch {
            logger.error("router could not be attached", metadata: [LogKey.error: "\(error)"])
        }
    }
}
