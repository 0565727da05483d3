import Logging
import NIOConcurrencyHelpers
import NIOCore
import Redis

/// Takes tasks from one queue during one life of a worker: fetches, starts, and tells Redis what became of them.
///
/// One loop drives the cycles. Everything that may need a cycle rings `signal`: a job that ended, a message
/// that came, a due time, a slot that became free, a change of phase.
final class QueueConsumer: Sendable {
    enum Phase: Sendable, Comparable {
        case working
        /// Fetches nothing more.
        case quiet
        /// Fetches nothing more and ends once Redis knows of everything.
        case draining
        /// The lease is gone; ends at once.
        case lost
    }

    let keys: QueueKeys
    let incarnation: Incarnation
    let scope: AttemptScope
    private let configuration: WorkerConfiguration
    let redis: RedisClient
    let runner: JobRunner
    let slots: SlotShare
    let logger: Logger
    let signal = Signal()
    private let results: DistantResults
    /// Nil but on a Cluster.
    private let courier: OutboxCourier?
    private let peekWanted = Signal()
    private let ceased = Signal()
    let holdings = NIOLockedValueBox(Holdings())
    private let state = NIOLockedValueBox(QueueStanding())

    init(
        queue: QueueName,
        incarnation: Incarnation,
        configuration: WorkerConfiguration,
        redis: RedisClient,
        runner: JobRunner,
        slots: SlotShare,
        logger: Logger
    ) {
        keys = redis.keys(of: queue)
        scope = AttemptScope(keys, incarnation, configuration, runner.producer, holdings: holdings)
        self.incarnation = incarnation
        self.configuration = configuration
        self.redis = redis
        self.runner = runner
        self.slots = slots
        self.logger = logger
        results = DistantResults(redis: redis, queue: keys, life: configuration.resultExpires)
        courier =
            configuration.hasPriorities
            ? nil
            : OutboxCourier(
                queue: keys,
                producer: runner.producer,
                patience: min(configuration.lease, .seconds(5)),
                logger: logger,
                onProgress: { [signal] in signal.ring() }
            )
    }

    var running: RunningJobs { scope.running }
    var standing: QueueStanding { state.withLockedValue { $0 } }
    /// What is done now: nothing is fetched from a closed queue, as in a quiet worker.
    var currentPhase: Phase { state.withLockedValue { $0.effectivePhase } }

    /// Changes how the worker stands with the queue, and has the loop look at it.
    @discardableResult
    func change<Value>(_ body: (inout QueueStanding) -> Value) -> Value {
        defer {
            signal.ring()
            peekWanted.ring()
        }
        return state.withLockedValue(body)
    }

    func enter(_ next: Phase) { change { $0.enter(next) } }

    /// Returns once a phase has begun in which nothing is fetched and the last fetch is over, or when cancelled.
    func lastFetch() async { await ceased.wait() }

    /// There is something to take that a blocking look cannot see.
    func lookAgain() { signal.ring() }

    // MARK: The loop

    /// Runs until drained or lost, or closed and done.
    ///
    /// - Returns: whether the lease was found to be gone.
    func run() async -> Bool {
        await withTaskGroup(of: Bool?.self) { group in
            group.addTask { await self.peekWhenIdle() }
            group.addTask {
                await self.watchDeadlines()
                return nil
            }
            if let courier = self.courier {
                group.addTask {
                    await courier.run()
                    return nil
                }
            }
            group.addTask { await self.consume() }
            var isFenced = false
            for await ended in group {
                if let ended {
                    isFenced = ended
                    group.cancelAll()
                }
            }
            return isFenced
        }
    }

    /// A cycle that is under way.
    private struct Step {
        let settlements: [Settlement]
        let firstTag: Int64
        let free: Int
        let reply: Task<Result<CycleReply, RedisError>, Never>
    }

    /// Where many tasks wait, Redis works on one step while the tasks of the one before are begun.
    private static let mostSteps = 2

    private func consume() async -> Bool {
        var failures = 0
        var steps: [Step] = []
        // Whether the last reply brought as many tasks as there was room for.
        var isFull = false
        defer {
            for step in steps {
                step.reply.cancel()
                slots.keep(0, of: step.free)
            }
            slots.rest()
            ceased.ring()
        }
        while true {
            let phase = currentPhase
            if phase != .working {
                slots.rest()
                if standing.phase != .working, steps.allSatisfy({ $0.free == 0 }) { ceased.ring() }
            }
            if phase == .lost || Task.isCancelled { return false }
            // Looked at first: a job settles before it is counted out.
            let isIdle = running.count == 0 && courier?.isDone != false
            let hasRoom = steps.isEmpty || isFull && steps.count < Self.mostSteps && results.keepOrder
            if hasRoom, let step = nextStep(fetches: phase == .working, beside: steps) {
                steps.append(step)
                continue
            }
            guard !steps.isEmpty else {
                if isIdle, state.withLockedValue({ $0.endsWhenIdle() }) { return false }
                await signal.wait()
                continue
            }
            let step = steps.removeFirst()
            let result = await withTaskCancellationHandler {
                await step.reply.value
            } onCancel: {
                step.reply.cancel()
            }
            switch result {
            case .success(let reply):
                failures = 0
                if step.free > 0 { isFull = reply.messages.count == step.free }
                await take(reply, step, isLast: steps.isEmpty)
            case .failure(let error):
                holdings.withLockedValue { $0.restore(step.settlements, from: step.firstTag) }
                slots.keep(0, of: step.free)
                if error.prefix == QueueScripts.fenced { return true }
                isFull = false
                failures += 1
                logger.warning(
                    "cycle failed, will be repeated",
                    metadata: ["queue": "\(keys.queue)", "error": "\(error)", "failures": "\(failures)"]
                )
                await pause(afterFailures: failures)
            }
        }
    }

    /// Begins the next step; nil where there is nothing for it to do. One beside another must be worth it.
    private func nextStep(fetches: Bool, beside others: [Step]) -> Step? {
        let taken = fetches ? slots.take(upTo: configuration.batchSize, else: signal) : 0
        let (settlements, firstTag, free) = holdings.withLockedValue { holdings in
            // Looked at again beside what is to be settled: a task that a job gave back as it was told of a stop
            // must not be fetched by the cycle that carries it.
            let free = currentPhase == .working ? taken : 0
            let isWorthIt =
                others.isEmpty
                ? free > 0 || holdings.hasPending
                : max(free, holdings.plainCount) >= configuration.batchSize / 2
            guard isWorthIt else { return ([Settlement](), Int64(0), 0) }
            let (settlements, firstTag) = holdings.beginCycle(fetching: free, atMost: configuration.batchSize)
            return (settlements, firstTag, free)
        }
        slots.keep(0, of: taken - free)
        guard firstTag > 0 else { return nil }
        // In no task's hands but this loop's, which cancels it with itself.
        let reply = Task.immediate {
            do throws(RedisError) {
                return Result<CycleReply, RedisError>.success(
                    try await self.cycle(settlements, fetching: free, firstTag: firstTag)
                )
            } catch {
                return .failure(error)
            }
        }
        return Step(settlements: settlements, firstTag: firstTag, free: free, reply: reply)
    }

    private func cycle(
        _ settlements: [Settlement],
        fetching free: Int,
        firstTag: Int64
    ) async throws(RedisError) -> CycleReply {
        let request = CycleRequest(
            keys,
            incarnation: incarnation,
            settlements: try await results.store(settlements),
            fetching: free,
            firstTag: firstTag,
            configuration: configuration
        )
        let reply = try await redis.evaluate(QueueScripts.cycle, keys: request.keys, arguments: request.arguments)
        guard let read = CycleReply(reply) else {
            throw RedisError(.unexpectedReply, command: "EVALSHA(cycle)")
        }
        return read
    }

    /// Starts what was fetched; with nothing fetched, waits for news.
    private func take(_ reply: CycleReply, _ step: Step, isLast: Bool) async {
        let (settlements, free) = (step.settlements, step.free)
        let tags = holdings.withLockedValue {
            $0.confirm(settlements, from: step.firstTag, fetched: reply.messages.count)
        }
        if let courier {
            let aside = settlements.filter { $0.plan?.reachesBeyond(keys.queue) == true }
            courier.add(aside.map { $0.outboxEntry(of: incarnation) })
        }
        slots.keep(reply.messages.count, of: free)
        if free > 0 { slots.note(isHungry: reply.messages.count == free) }
        runner.metrics.cycled(keys.queue, at: reply.time)
        if settlements.contains(where: { $0.forgetsSteps }) { await forgetSteps(settlements) }
        guard !reply.messages.isEmpty else {
            let hasPending = holdings.withLockedValue { $0.hasPending }
            if free > 0, !hasPending, isLast { await waitForNews(reply) }
            return
        }
        let marks = reply.hasMarks ? await marks(of: reply.messages) : nil
        let offset = reply.time.milliseconds - WireTime.now.milliseconds
        let deliveries = zip(tags, reply.messages).enumerated().map { index, fetched in
            Delivery(
                tag: fetched.0,
                raw: fetched.1,
                queue: keys.queue,
                crashes: marks?[index].crashes ?? 0,
                isCancelled: marks?[index].isCancelled ?? false,
                areMarksKnown: marks != nil || !reply.hasMarks,
                clockOffset: offset
            )
        }
        running.start(deliveries) { [self] delivery in await run(delivery) }
    }

    /// How many workers died holding each of these, and whether it was cancelled. Asked only while the queue remembers
    /// any such task. Nil where it cannot be told: then the heartbeat ends what was cancelled, and a task that must not
    /// run twice waits.
    private func marks(of messages: [[UInt8]]) async -> [(crashes: Int, isCancelled: Bool)]? {
        let ids = messages.map { (try? TaskMessage(decoding: $0))?.id.rawValue ?? "" }
        do throws(RedisError) {
            let replies = try await redis.send(pipeline: [
                RedisCommand("HMGET", arguments: [keys.deliveries] + ids),
                RedisCommand("ZMSCORE", arguments: [keys.cancelled] + ids),
                RedisCommand("ZMSCORE", arguments: [keys.cancelled] + ids.map { RevocationMark.member($0) }),
            ])
            let (crashes, cancelled, revoked) = (try replies[0].get(), try replies[1].get(), try replies[2].get())
            return ids.indices.map {
                (Int(crashes[$0]?.integer ?? 0), cancelled[$0]?.string != nil || revoked[$0]?.string != nil)
            }
        } catch {
            logger.warning("marks of tasks are unknown", metadata: ["queue": "\(keys.queue)", "error": "\(error)"])
            return nil
        }
    }

    // MARK: Waiting

    /// Waits for a ring, or until the next scheduled task is due: a look that blocks already cannot be told of that.
    ///
    /// A paused queue is only asked again about once a second: a look at it would return at once, as it may be full.
    private func waitForNews(_ reply: CycleReply) async {
        let left: Int64
        if reply.isPaused {
            // Spread over the fleet, as looks are.
            left = Int64.random(in: 800...1200)
        } else {
            peekWanted.ring()
            guard let due = reply.nextDue else { return await signal.wait() }
            // Looks end within 1.2 s and bring the next reply, so what is due later needs no alarm yet.
            left = min(max(1, due.milliseconds - reply.time.milliseconds), 2000)
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Ends early only by cancellation: then the wait is over.
                try? await Task.sleep(for: .milliseconds(left))
                if !Task.isCancelled { self.signal.ring() }
            }
            await signal.wait()
            group.cancelAll()
        }
    }

    /// Blocks on the empty queue until something is pushed to it, by whomever.
    ///
    /// `BLMOVE q q RIGHT RIGHT` leaves the list as it was: a blocking look at what comes next.
    private func peekWhenIdle() async -> Bool? {
        var failures = 0
        while !Task.isCancelled {
            await peekWanted.wait()
            if standing.phase != .working { return nil }
            // A closed queue may be opened again.
            if currentPhase != .working { continue }
            do {
                try await redis.withDedicatedConnection(owning: keys.ready) { connection in
                    while currentPhase == .working, !Task.isCancelled {
                        // Spread over the fleet, so that idle workers do not look at the same moment.
                        let timeout = Duration.milliseconds(Int64.random(in: 800...1200))
                        let seconds = Double(timeout.milliseconds) / 1000
                        _ = try await connection.send(
                            RedisCommand("BLMOVE", keys.ready, keys.ready, "RIGHT", "RIGHT", seconds),
                            timeout: timeout + .seconds(1)
                        )
                        failures = 0
                        signal.ring()
                        await peekWanted.wait()
                    }
                }
            } catch {
                if Task.isCancelled { return nil }
                failures += 1
                await pause(afterFailures: failures)
                signal.ring()
            }
        }
        return nil
    }

    private func pause(afterFailures failures: Int) async {
        let bound = min(1000, 25 << min(failures, 6))
        let wait = Duration.milliseconds(Int64.random(in: Int64(bound / 2)...Int64(bound)))
        // Ends early only by cancellation, which the caller's loop sees.
        try? await Task.sleep(for: wait)
    }

    // MARK: Called by the heartbeat

    /// The lease was renewed; nothing for the loop to look at.
    func confirmLease(_ registration: Int, at sent: NIODeadline) {
        state.withLockedValue { $0.confirm(registration, at: sent) }
    }

    /// Whether the heartbeat should ask Redis for the tags, and the horizon to compare them with.
    var comparison: (isWanted: Bool, horizon: Int64) {
        holdings.withLockedValue { ($0.isSuspicious, $0.horizon) }
    }

    func compare(inflight: Int) { holdings.withLockedValue { $0.compare(inflight: inflight) } }

    /// The tags among these that nobody here works on.
    func unknown(_ tags: [Int64], before horizon: Int64) -> [Int64] {
        holdings.withLockedValue { $0.unknown(tags, before: horizon) }
    }

    func compared() { holdings.withLockedValue { $0.compared() } }
}
