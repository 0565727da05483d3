import ChaosJobs
import Foundation
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// One blow at one request of one worker, and what became of all its tasks.
struct FaultDrill {
    /// What is done to the worker, or to its connection.
    enum Blow: String, CaseIterable, Sendable, CustomTestStringConvertible {
        /// SIGKILL before Redis sees the request.
        case killBefore = "killed before"
        /// SIGKILL after Redis has done it and before the reply is passed on.
        case killAfter = "killed after"
        /// The reply is lost, and with it all that follows; the connection stays open.
        case silence = "reply lost"
        /// The connection ends before Redis sees the request.
        case close = "cut off before"
        /// The connection ends in the middle of the reply.
        case cut = "reply cut"
        /// The reply comes twice.
        case duplicate = "reply twice"

        var testDescription: String { rawValue }
        var kills: Bool { self == .killBefore || self == .killAfter }
        var side: FaultProxy.Side { self == .killBefore || self == .close ? .request : .reply }
        var fault: FaultProxy.Fault {
            switch self {
            case .killBefore, .killAfter, .close: .close
            case .silence: .silence
            case .cut: .cut
            case .duplicate: .duplicate
            }
        }
    }

    struct Outcome: Sendable {
        var jobs = 0
        var repeats = 0
        /// From the blow to the last effect.
        var recovery: Duration = .zero
        var names: Set<String> = []
    }

    let bench: ChaosBench
    /// Nil in a run that only listens.
    let target: (point: FaultPoint, blow: Blow)?
    private let hasLostFetch = NIOLockedValueBox(false)

    init(bench: ChaosBench, target: (point: FaultPoint, blow: Blow)?) {
        self.bench = bench
        self.target = target
    }

    /// Runs it, and records an issue for everything that is not as it must be.
    func run() async throws -> Outcome {
        let what = target.map { "\($0.point.rawValue), \($0.blow.rawValue)" } ?? "no blow"
        let numbers = try await fill()
        let proxy = try await bench.proxy()
        let struck = NIOLockedValueBox<ContinuousClock.Instant?>(nil)
        let victim = NIOLockedValueBox<ProgramProcess?>(nil)
        if target == nil || target?.point == .scriptLoad {
            // Only where the server has forgotten them are scripts loaded; those of other drills load theirs again.
            _ = try await bench.redis.send(RedisCommand("SCRIPT", "FLUSH"))
        }
        let second = NIOLockedValueBox<ProgramProcess?>(nil)
        proxy.follow { moment in strike(moment, struck, victim) }
        // The plan waits for it: the first request must not be earlier.
        let first = try victim.withLockedValue { victim in
            let process = try bench.worker(at: proxy.url)
            victim = process
            return process
        }
        do {
            let outcome = try await follow(first, numbers, struck, what, second)
            var names = Set(proxy.seen(.request).keys)
            names.remove("push")
            await proxy.stop()
            var result = outcome
            result.names = names
            return result
        } catch {
            await proxy.stop()
            let logs = [first.log, second.withLockedValue { $0?.log } ?? ""].map { $0.suffix(2_000) }
            Issue.record("\(what): \(error)\n\(logs[0])\n---\n\(logs[1])")
            return Outcome()
        }
    }

    private func strike(
        _ moment: FaultProxy.Moment,
        _ struck: NIOLockedValueBox<ContinuousClock.Instant?>,
        _ victim: NIOLockedValueBox<ProgramProcess?>
    ) -> FaultProxy.Fault? {
        // Tasks are given back only where a reply with tasks was lost. (The first may say that the script is unknown.)
        if target == nil || target?.point == .giveBack, moment.name == "cycle", moment.side == .reply,
            moment.refusal == nil
        {
            let isFirst = hasLostFetch.withLockedValue { hasLost in
                defer { hasLost = true }
                return !hasLost
            }
            if isFirst { return .close }
        }
        guard let target, moment.name == target.point.rawValue, moment.side == target.blow.side else { return nil }
        let isFirst = struck.withLockedValue { struck in
            guard struck == nil else { return false }
            struck = .now
            return true
        }
        guard isFirst else { return nil }
        if target.blow.kills { victim.withLockedValue { $0?.kill() } }
        return target.blow.fault
    }

    private func follow(
        _ first: ProgramProcess,
        _ numbers: Set<String>,
        _ struck: NIOLockedValueBox<ContinuousClock.Instant?>,
        _ what: String,
        _ successor: NIOLockedValueBox<ProgramProcess?>
    ) async throws -> Outcome {
        func succeed() throws -> ProgramProcess {
            let worker = try bench.worker(at: bench.server.url)
            successor.withLockedValue { $0 = worker }
            return worker
        }
        var isBeaten: Bool { struck.withLockedValue { $0 } != nil }
        var second: ProgramProcess?
        if let target, target.point != .leave {
            try await eventually("the blow", within: .seconds(30)) {
                // A worker of another drill may have loaded them all in between.
                if target.point == .scriptLoad { _ = try await bench.redis.send(RedisCommand("SCRIPT", "FLUSH")) }
                return isBeaten
            }
            if target.blow.kills { second = try succeed() }
        }
        try await eventually("all effects", within: .seconds(40)) {
            try await numbers.isSubset(of: Set(bench.ledger.runs().map(\.number)))
        }
        let runs = try await bench.ledger.runs()
        let recovery = struck.withLockedValue { $0 }.map { ContinuousClock.now - $0 } ?? .zero
        try await bench.keys.areIdle(bench.redis, [second ?? first])

        // The end of a worker is a request, too.
        if second == nil {
            first.signal(SIGTERM)
            let ending = try await first.ended(within: .seconds(20))
            if target?.point == .leave {
                #expect(isBeaten, "\(what) did not occur")
                // Where no farewell arrived, somebody has to look after the lease.
                let heir = try succeed()
                second = heir
                try await bench.keys.areIdle(bench.redis, [heir])
            } else {
                #expect(ending == .exited(0), "\(what)")
            }
        }
        if let second { #expect(try await second.terminate(within: .seconds(20)) == .exited(0), "\(what)") }
        try await bench.keys.areIdle(bench.redis)
        let verdict = try await Verdict(on: bench.keys, bench.redis, bench.ledger, accepted: numbers)
        verdict.expectFlawless(what)
        return Outcome(jobs: numbers.count, repeats: runs.count - numbers.count, recovery: recovery)
    }

    // MARK: The tasks

    /// Tasks of every kind, among them two in the hands of a worker that is dead; returns their numbers.
    private func fill() async throws -> Set<String> {
        let producer = JobProducer(redis: bench.redis)
        var numbers: Set<String> = []
        func add<J: ChaosJob>(_ job: J.Type, _ count: Int, _ change: (Int, inout Work, inout EnqueueOptions) -> Void)
            async throws
        {
            for index in 0..<count {
                var work = Work(number: "\(J.name)-\(numbers.count)", milliseconds: 5)
                var options = EnqueueOptions(queue: bench.queue)
                change(index, &work, &options)
                numbers.insert(work.number)
                try await producer.enqueue(job, work, options: options)
            }
        }
        try await add(PlainJob.self, 2) { _, _, _ in }
        try await leaveEstate()
        try await add(PlainJob.self, 6) { index, work, _ in work.milliseconds = 10 * index }
        try await add(PlainJob.self, 2) { _, work, _ in work.failures = 1 }
        try await add(PlainJob.self, 2) { index, _, options in options.delay = .milliseconds(100 + 200 * index) }
        try await add(PlainJob.self, 1) { _, _, options in
            options.uniqueness = Uniqueness(key: "only", until: .started, lifetime: .seconds(60))
        }
        try await add(PlainJob.self, 3) { _, _, options in options.orderingKey = OrderingKey("ordered") }
        try await add(AbsorbingJob.self, 4) { index, work, options in
            options.orderingKey = OrderingKey("absorbed")
            if index == 0 { work.milliseconds = 50 }
        }
        try await add(SteppedJob.self, 2) { _, _, _ in }
        try await add(StreamingJob.self, 1) { _, _, _ in }
        try await add(ParentJob.self, 1) { _, _, _ in }
        for parent in numbers where parent.hasPrefix("chaos.parent") { numbers.insert(parent + "-child") }
        return numbers
    }

    /// Gives what is in the queue to a worker that is dead and was found to be.
    private func leaveEstate() async throws {
        let dead = Incarnation.random()
        let configuration = WorkerConfiguration(queues: [bench.queue])
        _ = try await bench.redis.evaluate(
            QueueScripts.register,
            keys: [bench.keys.workers],
            arguments: [dead.rawValue, 60_000]
        )
        let request = CycleRequest(
            bench.keys,
            incarnation: dead,
            settlements: [],
            fetching: 64,
            firstTag: 1,
            configuration: configuration
        )
        _ = try await bench.redis.evaluate(QueueScripts.cycle, keys: request.keys, arguments: request.arguments)
        _ = try await bench.redis.evaluate(
            QueueScripts.release,
            keys: [bench.keys.workers],
            arguments: [dead.rawValue]
        )
    }
}
