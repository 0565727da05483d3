import ChaosJobs
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// Random harm, of one seed, to several workers, their connections and their Redis, while producers go on.
struct Storm {
    /// What the Redis promises of its data.
    enum Disk: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case everysec
        case always

        var testDescription: String { "appendfsync \(rawValue)" }
    }

    private static let crew = 3

    private let bench: ChaosBench
    private let disk: Disk
    private let victims: [StormVictim]
    private let producers: StormProducers
    private let producersProxy: FaultProxy
    private var generator: SeededGenerator
    private var report = StormReport()
    private var strikes = 0
    /// When Redis was killed (ms since 1970).
    private var restarts: [Int64] = []
    /// Task ids that were hit, by when (ms since 1970) and whether by a death.
    private var hit: [(id: String, time: Int64, isDeath: Bool)] = []

    /// Lets it rage for `duration`, waits until all is quiet, and gives the verdict.
    static func rage(_ disk: Disk, seed: UInt64, for duration: Duration) async throws -> StormReport {
        let arguments = ["--appendonly", "yes", "--appendfsync", disk.rawValue]
        return try await ChaosBench.with(redis: arguments) { bench in
            var proxies: [FaultProxy] = []
            for _ in 0...crew { proxies.append(try await bench.proxy()) }
            let result: Result<StormReport, any Error>
            do {
                var storm = try Storm(bench, disk, proxies, seed)
                result = .success(try await storm.run(for: duration))
            } catch {
                result = .failure(error)
            }
            for proxy in proxies { await proxy.stop() }
            return try result.get()
        }
    }

    private init(_ bench: ChaosBench, _ disk: Disk, _ proxies: [FaultProxy], _ seed: UInt64) throws {
        self.bench = bench
        self.disk = disk
        generator = SeededGenerator(seed: seed)
        victims = try proxies.dropFirst().map { proxy in
            try StormVictim(proxy: proxy) { try bench.worker(at: proxy.url) }
        }
        producersProxy = proxies[0]
        producers = try StormProducers(
            at: producersProxy.url,
            queue: bench.queue,
            durability: disk == .always ? .fsync : .async,
            seed: seed &+ 1
        )
    }

    private mutating func run(for duration: Duration) async throws -> StormReport {
        for victim in victims { try await victim.process?.says("worker registered") }
        let running = Task { [producers] in await producers.run() }
        defer { running.cancel() }
        let deadline = ContinuousClock.now + duration
        while ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(random(50..<400)))
            try await strike()
            try await look()
        }
        try await calm()
        producers.stop()
        await running.value
        do {
            try await bench.keys.areIdle(bench.redis, victims.compactMap(\.process), within: .seconds(30))
        } catch {
            for victim in victims { print(victim.process?.log.suffix(2_000) ?? "") }
            throw error
        }
        for victim in victims {
            #expect(try await victim.process?.terminate(within: .seconds(20)) == .exited(0))
        }
        try await bench.keys.areIdle(bench.redis)
        return try await judge()
    }

    // MARK: Harm

    private mutating func random(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }

    private mutating func strike() async throws {
        strikes += 1
        let victim = victims[random(0..<victims.count)]
        // The shortest storm has one stop and one restart, too.
        let chosen = [5: 35, 20: 92][strikes] ?? random(0..<100)
        switch chosen {
        case 0..<20 where !victim.isFrozen:
            victim.kill()
        case 20..<35 where !victim.isFrozen:
            let name = FaultPoint.inStorms.randomElement(using: &generator)?.rawValue
            victim.set(.init(name: name, side: random(0..<2) == 0 ? .request : .reply, fault: nil))
        case 35..<45 where !victims.contains(where: \.isFrozen):
            victim.freeze()
            report.stops += 1
            // The lease is two seconds, and who looks for dead workers does so every second.
            let pause = Duration.milliseconds(random(3_500..<5_500))
            Task {
                try? await Task.sleep(for: pause)  // Ends early only by cancellation, which there is none of.
                victim.thaw()
            }
        case 45..<75:
            let faults: [FaultProxy.Fault] = [.silence, .close, .cut, .loseServer, .loseClient]
            let fault = faults[random(0..<faults.count)]
            let side: FaultProxy.Side = random(0..<4) == 0 ? .request : .reply
            let name = random(0..<2) == 0 ? nil : FaultPoint.inStorms.randomElement(using: &generator)?.rawValue
            if random(0..<5) == 0 {
                strikeProducers(fault, side)
            } else {
                victim.set(.init(name: name, side: side, fault: fault))
            }
        case 75..<80:
            victim.set(.init(name: nil, side: .reply, fault: .duplicate))
        case 80..<88:
            victim.set(.init(name: nil, side: random(0..<2) == 0 ? .request : .reply, fault: .hold))
            let delay = Duration.milliseconds(random(20..<700))
            Task {
                try? await Task.sleep(for: delay)  // Ends early only by cancellation, which there is none of.
                victim.proxy.release()
            }
        case 88..<92:
            try await victim.proxy.refuse()
            victim.set(.init(name: nil, side: .reply, fault: .close))
            try await Task.sleep(for: .milliseconds(random(100..<600)))
            try await victim.proxy.accept()
            report.refusedConnections += 1
        case 92..<96:
            restarts.append(Crowd.now)
            bench.server.kill()
            try await Task.sleep(for: .milliseconds(random(10..<800)))
            try await bench.server.restart()
            report.restarts += 1
        default: break
        }
    }

    private mutating func strikeProducers(_ fault: FaultProxy.Fault, _ side: FaultProxy.Side) {
        report.drops += 1
        let isDone = NIOLockedValueBox(false)
        producersProxy.follow { moment in
            guard moment.side == side, !isDone.withLockedValue({ $0 }) else { return nil }
            isDone.withLockedValue { $0 = true }
            return fault
        }
    }

    /// Notes what was hit, and starts who was killed.
    private mutating func look() async throws {
        for victim in victims {
            for blow in victim.takeBlows() {
                guard let incarnation = blow.incarnation else { continue }
                let held: [RedisReply]
                do throws(RedisError) {
                    let key = bench.keys.inflight(incarnation)
                    held = try await bench.redis.send(RedisCommand("HVALS", key)).array ?? []
                } catch {
                    guard error.isTransient else { throw error }
                    continue
                }
                for message in held.compactMap(\.bytes) {
                    guard let id = try? TaskMessage(decoding: message).id.rawValue else { continue }
                    hit.append((id, blow.time, blow.isDeath))
                }
            }
            if victim.process?.isRunning == false {
                try victim.revive()
            }
        }
    }

    private mutating func calm() async throws {
        for victim in victims { victim.set(nil) }
        try await eventually("the end of the frost") { !victims.contains(where: \.isFrozen) }
        try await look()
        for victim in victims { victim.proxy.release() }
    }

    // MARK: The verdict

    private mutating func judge() async throws -> StormReport {
        let accepted = producers.accepted
        let children = Set(producers.children.values)
        // A child is as safe as what its job enqueues, of which only the disk that syncs each write is certain.
        let certain = disk == .always ? children.intersection(accepted.keys.map { $0 + "-child" }) : []
        let verdict = try await Verdict(
            on: bench.keys,
            bench.redis,
            bench.ledger,
            accepted: Set(accepted.keys).union(certain),
            extra: children
        )
        report.jobs = accepted.count
        report.refusals = producers.refusals
        report.lost = verdict.lost.count
        report.repeats = verdict.repeats
        for tally in victims.map(\.tally) {
            report.kills += tally.kills
            report.drops += tally.drops
            report.duplicates += tally.duplicates
            report.delays += tally.delays
            report.fenced += tally.fenced
        }
        switch disk {
        case .always: verdict.expectFlawless("appendfsync always")
        case .everysec:
            verdict.expectSound("appendfsync everysec")
            for number in verdict.lost {
                let moment = accepted[number] ?? 0
                // Redis syncs once a second, and may be a second late with it.
                let isExcused = restarts.contains { moment > $0 - 2_000 && moment < $0 + 100 }
                if !isExcused { Issue.record("\(number) was lost, and Redis had two seconds to write it down") }
            }
        }
        var effects: [String: [Int64]] = [:]
        for run in try await bench.ledger.runs() { effects[run.taskID, default: []].append(run.time) }
        for (id, time, isDeath) in hit {
            guard let effect = effects[id]?.first(where: { $0 >= time }) else { continue }
            if isDeath { report.deaths.append(effect - time) } else { report.faults.append(effect - time) }
        }
        return report
    }
}

extension FaultPoint {
    /// Those that come often enough to be waited for.
    static let inStorms: [FaultPoint] = [
        .cycle, .beat, .look, .reclaim, .survey, .enqueue, .recordStep, .readStep, .peek, .register, .appendOutput,
        .absorb, .giveBack, .crashMarks, .forgetSteps,
    ]
}
