import Foundation
import TestSupport
import Testing

/// Deaths, pauses and stops of worker processes, at random moments, while they run jobs whose effects are counted.
@Suite("Workers that die, freeze and stop", .serialized, .timeLimit(.minutes(5)))
struct WorkerDeathTests {
    /// Systems at work at the same time: most of a round is waiting for a lease to run out. With more rounds in each
    /// there would be more messages than Feishu takes replies in a minute (1,000), which the workers keep to.
    private static let lanes = 7
    private static let roundsPerLane = 7
    private static let seed = ChaosSettings.seed

    @Test("killed fifty times with a hundred jobs each: one effect for each job, none lost, none late", .machineTurn)
    func killed() async throws {
        print("chaos: seed \(Self.seed) (CHAOS_SEED=\(Self.seed) repeats its decisions)")
        let began = ContinuousClock.now
        let report = try await withThrowingTaskGroup(of: LaneReport.self) { group in
            for lane in 0..<Self.lanes {
                group.addTask { try await Self.lane(seed: Self.seed &+ UInt64(lane)) }
            }
            return try await group.reduce(LaneReport()) { $0 + $1 }
        }
        print("chaos: \(report) in \(ContinuousClock.now - began)")
        #expect(report.deaths >= 50)
        #expect(report.account.messages == Self.lanes * Self.roundsPerLane * Crowd.jobs)
        #expect(report.account.effects == report.account.messages)
        #expect(report.account.slowest < 20_000)
        #expect(report.held > report.deaths, "the dead held next to nothing: the test shows nothing")
    }

    private struct LaneReport: Sendable, CustomStringConvertible {
        var deaths = 0
        /// Tasks in the hands of workers at the moment of their death.
        var held = 0
        var account = Crowd.Account()

        var description: String {
            "\(deaths) deaths holding \(held) tasks, \(account.messages) messages, \(account.effects) effects, "
                + "\(account.repeats) repeats, slowest recovery \(account.slowest) ms"
        }

        static func + (left: LaneReport, right: LaneReport) -> LaneReport {
            LaneReport(
                deaths: left.deaths + right.deaths,
                held: left.held + right.held,
                account: left.account + right.account
            )
        }
    }

    /// One system: in each round a hundred messages come in, the one worker dies among them, and the next takes over.
    private static func lane(seed: UInt64) async throws -> LaneReport {
        var generator = SeededGenerator(seed: seed)
        return try await AssistantSystem.with(options) { system in
            let crowd = Crowd(system)
            try await crowd.slowReplies(by: 500)
            var report = LaneReport()
            var ends: [Int64] = []
            var worker = system.workers[0]
            for _ in 0..<roundsPerLane {
                async let spoken: Void = crowd.speak()
                // Any moment from the first event to the last reply.
                var delays = [Int.random(in: 50..<750, using: &generator)]
                // Now and then the one that takes over dies too, perhaps while it takes over.
                if Int.random(in: 0..<5, using: &generator) == 0 {
                    delays.append(Int.random(in: 500..<3_500, using: &generator))
                }
                for delay in delays {
                    try await Task.sleep(for: .milliseconds(delay))
                    worker.kill()
                    ends.append(Crowd.now)
                    report.deaths += 1
                    report.held += try await system.census().inFlight
                    worker = try system.startWorker()
                }
                try await spoken
                let census = try await crowd.settled()
                #expect(census.dead == 0)
            }
            report.account = try await crowd.account(ends: ends)
            #expect(try await system.census().isIdle)
            #expect(system.gateway.isRunning)
            return report
        }
    }

    @Test("frozen beyond its lease: others take its jobs, and once it is back it harms nothing and works again")
    func frozen() async throws {
        var generator = SeededGenerator(seed: Self.seed)
        var options = Self.options
        options.workers = 2
        try await AssistantSystem.with(options) { system in
            let crowd = Crowd(system)
            try await crowd.slowReplies(by: 500)
            let victim = system.workers[0]
            var ends: [Int64] = []
            for _ in 0..<3 {
                let lives = Self.lives(of: victim)
                async let spoken: Void = crowd.speak()
                try await Task.sleep(for: .milliseconds(Int.random(in: 30..<330, using: &generator)))
                victim.signal(SIGSTOP)
                ends.append(Crowd.now)
                try await spoken
                // The other can only finish what the frozen one held after that one's lease.
                _ = try await crowd.settled()
                try await eventually("the end of its lease", within: .seconds(30)) {
                    try await system.census().workers == 3
                }
                victim.signal(SIGCONT)
                try await eventually("a new life", within: .seconds(30)) { Self.lives(of: victim) > lives }
            }
            try await crowd.speak()
            let census = try await crowd.settled()
            #expect(census.dead == 0)
            let account = try await crowd.account(ends: ends)
            print("chaos: 3 pauses, \(account)")
            #expect(account.slowest < 20_000)
            #expect(system.workers.map(\.isRunning) == [true, true])
        }
    }

    @Test("stopped in the middle: running jobs finish, nothing stays in its hands, nothing is done twice")
    func stopped() async throws {
        var generator = SeededGenerator(seed: Self.seed)
        try await AssistantSystem.with(Self.options) { system in
            let crowd = Crowd(system)
            try await crowd.slowReplies(by: 500)
            var worker = system.workers[0]
            for _ in 0..<3 {
                async let spoken: Void = crowd.speak()
                try await Task.sleep(for: .milliseconds(Int.random(in: 100..<600, using: &generator)))
                #expect(try await worker.terminate(within: .seconds(10)) == .exited(0))
                try await spoken
                let census = try await system.census()
                #expect(census.inFlight == 0)
                #expect(census.workers == 0)
                worker = try system.startWorker()
                try await worker.says(#""message":"worker registered""#)
                _ = try await crowd.settled()
            }
            let account = try await crowd.account(ends: [])
            #expect(account.repeats == 0)
        }
    }

    @Test("stopped with jobs longer than the grace period: they go back to their queue")
    func stoppedWithLongJobs() async throws {
        var options = Self.options
        options.settings["WORKER_GRACE_PERIOD"] = "1"
        try await AssistantSystem.with(options) { system in
            let crowd = Crowd(system)
            try await crowd.slowReplies(by: 60_000)
            try await crowd.speak()
            try await eventually("a hundred replies under way", within: .seconds(30)) {
                try await system.census() == QueueCensus(inFlight: Crowd.jobs, lanes: Crowd.jobs, workers: 3)
            }
            let began = ContinuousClock.now
            #expect(try await system.workers[0].terminate(within: .seconds(20)) == .exited(0))
            // The grace period, five seconds for jobs that do not heed their cancellation, and the machine's slowness.
            #expect(ContinuousClock.now - began < .seconds(7))
            #expect(try await system.census() == QueueCensus(ready: Crowd.jobs, lanes: Crowd.jobs))
        }
    }

    /// How often a worker has registered with the queues.
    private static func lives(of worker: ProgramProcess) -> Int {
        worker.log.components(separatedBy: #""message":"worker registered""#).count - 1
    }

    private static var options: AssistantSystem.Options {
        AssistantSystem.Options(workers: 1, settings: ["WORKER_LEASE": "2", "WORKER_GRACE_PERIOD": "8"])
    }
}
