import JobQueue
import Logging
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

/// Producers that enqueue numbered tasks and repeat what is not acknowledged, a worker that runs them, and the account
/// of both sides.
final class QueueLoad: Sendable {
    /// What became of it all.
    struct Account: CustomStringConvertible {
        var acknowledged = 0
        /// Acknowledged and never run.
        var lost = 0
        var runs = 0
        /// Runs beyond the first of a task.
        var repeats = 0
        /// Calls that failed and were repeated.
        var refusals = 0
        /// The longest that a producer waited for an acknowledgement.
        var longestWait = Duration.zero

        var description: String {
            "\(acknowledged) acknowledged, \(lost) lost, \(repeats) run again, \(refusals) refused, "
                + "longest wait \(longestWait)"
        }
    }

    private struct State {
        /// Numbers in the order of their runs, and those acknowledged, by lane.
        var runs: [Int: [Int]] = [:]
        var acknowledged: [Int: [Int]] = [:]
        var refusals = 0
        var longestWait = Duration.zero
        var isOver = false
    }

    private struct Numbered: Job {
        struct Arguments: Codable, Sendable {
            var lane: Int
            var number: Int
        }

        static let name: TaskName = "chaos.numbered"
        static let queue: QueueName = QueueLoad.queue
        let load: QueueLoad

        func run(_ arguments: Arguments, in context: JobContext) async throws -> String {
            load.state.withLockedValue { $0.runs[arguments.lane, default: []].append(arguments.number) }
            return "done"
        }
    }

    static let queue: QueueName = "load"
    /// Lanes from 0 are ordering keys; of the others some tasks are scheduled.
    private static let orderedLanes = 6
    private static let freeLanes = 4

    private let state = NIOLockedValueBox(State())
    private let durability: Durability
    private let redis: RedisClient

    private init(url: String, durability: Durability) throws {
        var configuration = try RedisConfiguration(url: url)
        configuration.commandTimeout = .seconds(1)
        configuration.connectTimeout = .seconds(1)
        configuration.stallTimeout = .seconds(1)
        configuration.backoff = Backoff(base: .milliseconds(20), cap: .milliseconds(200))
        redis = try RedisClient(configuration: configuration, logger: .silent)
        self.durability = durability
    }

    /// Keeps a queue busy while `body` runs; then lets everything come to its end and counts.
    ///
    /// - Throws: ``NeverHappened`` where something is stuck.
    static func run(
        _ url: String,
        _ durability: Durability,
        while body: (QueueLoad) async throws -> Void
    ) async throws -> Account {
        let load = try QueueLoad(url: url, durability: durability)
        defer { load.redis.close() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await load.work() }
            let producers = Task { await load.produce() }
            defer { producers.cancel() }
            try await load.progress()
            try await body(load)
            load.state.withLockedValue { $0.isOver = true }
            await producers.value
            try await eventually("an idle queue", within: .seconds(30)) { try await load.isIdle() }
            let hasResults = try await load.hasResults()
            #expect(hasResults)
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
            return load.account()
        }
    }

    /// Waits until many more tasks were acknowledged and run than so far.
    func progress(_ count: Int = 300) async throws {
        func counts() -> (Int, Int) {
            state.withLockedValue { state in
                (state.runs.values.reduce(0) { $0 + $1.count }, state.acknowledged.values.reduce(0) { $0 + $1.count })
            }
        }
        let before = counts()
        try await eventually("progress", within: .seconds(30)) {
            let now = counts()
            return now.0 >= before.0 + count && now.1 >= before.1 + count
        }
    }

    /// How many tasks were acknowledged so far.
    var acknowledged: Int { state.withLockedValue { $0.acknowledged.values.reduce(0) { $0 + $1.count } } }

    // MARK: Both sides

    private func work() async throws {
        var configuration = WorkerConfiguration(queues: [Self.queue], concurrency: 100)
        configuration.lease = .seconds(6)
        configuration.beat = .milliseconds(500)
        configuration.leaseMargin = .seconds(1)
        var registry = JobRegistry()
        registry.register(Numbered(load: self))
        try await JobWorker(configuration: configuration, registry: registry, redis: redis, logger: .silent).run()
    }

    private func produce() async {
        await withDiscardingTaskGroup { group in
            for lane in 0..<Self.orderedLanes + Self.freeLanes { group.addTask { await self.produce(in: lane) } }
        }
    }

    private func produce(in lane: Int) async {
        let producer = JobProducer(redis: redis, durability: durability)
        var number = 0
        while !state.withLockedValue({ $0.isOver }), !Task.isCancelled {
            number += 1
            var options = EnqueueOptions(deduplicationKey: "\(lane)-\(number)", taskID: Self.taskID(lane, number))
            if lane < Self.orderedLanes { options.orderingKey = OrderingKey("lane \(lane)") }
            if lane >= Self.orderedLanes, number.isMultiple(of: 10) { options.delay = .milliseconds(100) }
            let began = ContinuousClock.now
            // What is not acknowledged is told again, as Feishu does.
            while !Task.isCancelled {
                do throws(JobQueueError) {
                    try await producer.enqueue(Numbered.self, .init(lane: lane, number: number), options: options)
                    break
                } catch {
                    state.withLockedValue { $0.refusals += 1 }
                    try? await Task.sleep(for: .milliseconds(20))  // Ends early only by cancellation.
                }
            }
            guard !Task.isCancelled else { return }
            let waited = ContinuousClock.now - began
            state.withLockedValue { state in
                state.acknowledged[lane, default: []].append(number)
                state.longestWait = max(state.longestWait, waited)
            }
            try? await Task.sleep(for: .milliseconds(4))  // Ends early only by cancellation.
        }
    }

    private static func taskID(_ lane: Int, _ number: Int) -> TaskID { TaskID("load-\(lane)-\(number)") }

    // MARK: Counting

    /// Whether the results of the latest tasks are stored, wherever their keys are.
    private func hasResults() async throws -> Bool {
        for (lane, acknowledged) in state.withLockedValue({ $0.acknowledged }) {
            for number in acknowledged.suffix(5) {
                let key = BrokerNames.plain.result(of: Self.taskID(lane, number))
                guard try await redis.send(RedisCommand("GET", key)).string?.contains("SUCCESS") == true else {
                    return false
                }
            }
        }
        return true
    }

    private func isIdle() async throws -> Bool {
        let keys = redis.keys(of: Self.queue)
        do throws(RedisError) {
            var sum = try await redis.send(RedisCommand("LLEN", keys.ready)).integer ?? 1
            sum += try await redis.send(RedisCommand("ZCARD", keys.scheduled)).integer ?? 1
            sum += try await redis.send(RedisCommand("HLEN", keys.lanes)).integer ?? 1
            for worker in try await redis.send(RedisCommand("ZRANGE", keys.workers, 0, -1)).array ?? [] {
                sum += try await redis.send(RedisCommand("HLEN", keys.inflight(worker.string ?? ""))).integer ?? 1
            }
            for lane in 0..<Self.orderedLanes {
                guard let key = OrderingKey("lane \(lane)") else { return false }
                sum += try await redis.send(RedisCommand("EXISTS", keys.lane(key))).integer ?? 1
            }
            return sum == 0
        } catch {
            guard error.isTransient else { throw error }
            return false
        }
    }

    private func account() -> Account {
        state.withLockedValue { state in
            var account = Account(refusals: state.refusals, longestWait: state.longestWait)
            for (lane, acknowledged) in state.acknowledged {
                let runs = state.runs[lane] ?? []
                account.acknowledged += acknowledged.count
                account.runs += runs.count
                account.lost += Set(acknowledged).subtracting(runs).count
                account.repeats += runs.count - Set(runs).count
                guard lane < Self.orderedLanes else { continue }
                var seen: Set<Int> = []
                let firsts = runs.filter { seen.insert($0).inserted }
                #expect(firsts == firsts.sorted(), "first runs of an ordering key keep its order")
            }
            return account
        }
    }
}
