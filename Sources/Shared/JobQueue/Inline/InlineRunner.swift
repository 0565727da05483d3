package import Logging
import NIOConcurrencyHelpers

/// Runs single deliveries as a worker does (reading, refusing, middleware, deadlines, judging) without one: nothing is
/// fetched and nothing is settled in Redis. The caller is told what a worker would tell Redis.
package struct InlineRunner: Sendable {
    private let runner: JobRunner
    private let configuration: WorkerConfiguration
    private let middleware: [any RunMiddleware]

    /// - Parameters:
    ///   - registry: The jobs. Those that ask for a process of their own run in this one.
    ///   - producer: What jobs enqueue with.
    ///   - middleware: What runs around every attempt, the first outermost.
    ///   - logger: The logger.
    package init(
        registry: JobRegistry,
        producer: JobProducer,
        middleware: [any RunMiddleware],
        logger: Logger
    ) {
        configuration = WorkerConfiguration(queues: [])
        self.middleware = middleware
        runner = JobRunner(
            registry: registry,
            producer: producer,
            metrics: WorkerMetrics(queues: []),
            logger: logger,
            middleware: middleware,
            isolatesJobs: false,
            jitter: .none
        )
    }

    /// Runs one delivery to its outcome. Time limits count in real time, everything else by `time`.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - queue: Where it came from.
    ///   - time: The time that the attempt believes it is.
    ///   - isCancelled: Whether somebody cancelled the task before.
    ///   - store: What the attempt keeps beside its task.
    ///   - onBegin: Given what cancels the attempt while it runs, before it does.
    /// - Returns: What becomes of the task.
    package func run(
        _ message: [UInt8],
        of queue: QueueName,
        at time: WireTime,
        isCancelled: Bool,
        store: any AttemptStore,
        onBegin: (@escaping @Sendable (TaskID) -> Void) -> Void
    ) async -> InlineEnding {
        let holdings = NIOLockedValueBox(Holdings())
        let tag = holdings.withLockedValue { holdings in
            let (_, first) = holdings.beginCycle(fetching: 1, atMost: 1)
            return holdings.confirm([], from: first, fetched: 1).lowerBound
        }
        let scope = AttemptScope(
            QueueKeys(queue, in: .plain),
            .random(),
            configuration,
            runner.producer,
            holdings: holdings,
            store: store,
            fixedTime: time
        )
        let delivery = Delivery(
            tag: tag,
            raw: message,
            queue: queue,
            crashes: 0,
            isCancelled: isCancelled,
            clockOffset: 0,
            fixedTime: time
        )
        onBegin { id in scope.running.cancel(id) }
        let settlement = await settlement(of: delivery, in: scope)
        // What was absorbed and is over, or unreadable, is settled at once.
        let others = holdings.withLockedValue { $0.beginCycle(fetching: 0, atMost: 1_000).settlements }
        return InlineEnding(settlement, beside: others, runner.producer.payload)
    }

    /// The end of the attempt, or of its time. Code that goes on beyond that is left behind, as in a worker.
    private func settlement(of delivery: Delivery, in scope: AttemptScope) async -> Settlement? {
        let (ends, end) = AsyncStream.makeStream(of: Settlement?.self)
        scope.running.start([delivery]) { delivery in
            let settlement = await runner.run(delivery, in: scope)
            let (_, isOverrun) = scope.running.finish(delivery.tag)
            if !isOverrun { end.yield(settlement) }
        }
        let watch = Task {
            while !Task.isCancelled {
                for overrun in scope.running.takeOverdue() {
                    end.yield(await runner.end(overrun, in: scope))
                    scope.running.leave(overrun.delivery.tag)
                }
                await scope.running.waitForDeadline()
            }
        }
        defer { watch.cancel() }
        return await withTaskCancellationHandler {
            for await settlement in ends { return settlement }
            return nil
        } onCancel: {
            scope.running.cancelAll(.shutdown)
        }
    }
}

/// What becomes of a task that was run inline.
package struct InlineEnding: Sendable {
    package enum Fate: Sendable {
        /// It has ended; its result, if any, says how.
        case done
        /// Another attempt follows at this time, as this message.
        case later(WireTime, message: [UInt8])
        /// It has failed for good.
        case dead
        /// It goes back to the front of its queue.
        case returned
        /// It goes back to those that wait for its ordering key.
        case parked
    }

    package let fate: Fate
    /// The delivery, counted from that of the task that was run: tasks that it absorbed have others.
    package let tag: Int64
    /// The state that is stored for the caller, as Celery writes it.
    package let result: [UInt8]?
    /// The dead letter.
    package let letter: [UInt8]?
    /// Whether it is over because somebody cancelled it, or it expired.
    package let isRevoked: Bool
    /// Whether others take its place, the last of them under its id.
    package let isReplaced: Bool
    package let leavesLane: OrderingKey?
    package let freesUniqueKey: String?
    /// What follows from it, once the rest is done.
    package let plan: InlinePlan?
    /// What becomes of the tasks that it absorbed.
    package let absorbed: [InlineEnding]

    fileprivate init(
        _ settlement: Settlement?,
        beside others: [Settlement] = [],
        _ payload: (any PayloadCoding)?
    ) {
        absorbed = (others + (settlement?.absorbed ?? [])).map { InlineEnding($0, payload) }
        plan = settlement?.plan.map { InlinePlan($0, payload) }
        tag = settlement?.tag ?? 0
        result = settlement?.result?.text
        isRevoked = settlement?.isRevoked ?? false
        isReplaced = settlement?.isReplaced ?? false
        leavesLane = settlement?.leavesLane
        freesUniqueKey = settlement?.freesUniqueKey
        letter = settlement?.action == .dead ? settlement?.payload : nil
        switch settlement?.action {
        case .done: fate = .done
        case .later: fate = .later(settlement?.due ?? .now, message: settlement?.payload ?? [])
        case .dead: fate = .dead
        case .park: fate = .parked
        case nil: fate = .returned
        }
    }
}
