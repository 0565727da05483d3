import TestSupport

/// Kills workers, the gateway and Redis at random, and starts them again.
struct Harm {
    /// What it has done.
    struct Tally: Sendable {
        var workers = 0
        var gateways = 0
        var redis = 0

        var all: Int { workers + gateways + redis }
    }

    private enum Victim: CaseIterable { case worker, gateway, redis }

    private let system: AssistantSystem
    private var generator: SeededGenerator
    private(set) var tally = Tally()

    init(_ system: AssistantSystem, seed: UInt64) {
        self.system = system
        generator = SeededGenerator(seed: seed)
    }

    /// Does harm until `deadline`; all run again when it returns.
    mutating func rage(until deadline: ContinuousClock.Instant) async throws {
        while true {
            let next = ContinuousClock.now + pause(800..<3_200)
            guard next < deadline else { return }
            try await ContinuousClock().sleep(until: next)
            // Each is met once, in the shortest storm, too.
            let order = Victim.allCases
            let chosen = [0..<50: Victim.worker, 50..<75: .gateway, 75..<100: .redis]
            let dice = Int.random(in: 0..<100, using: &generator)
            try await strike(
                tally.all < order.count ? order[tally.all] : chosen.first { $0.key.contains(dice) }?.value ?? .worker
            )
        }
    }

    private mutating func strike(_ victim: Victim) async throws {
        switch victim {
        case .worker:
            system.workers.filter(\.isRunning).randomElement(using: &generator)?.kill()
            try await ContinuousClock().sleep(for: pause(0..<700))
            _ = try system.startWorker()
            tally.workers += 1
        case .gateway:
            system.gateway.kill()
            try await ContinuousClock().sleep(for: pause(0..<400))
            try await system.restartGateway()
            tally.gateways += 1
        case .redis:
            system.redis.kill()
            try await ContinuousClock().sleep(for: pause(0..<600))
            try await system.redis.restart()
            tally.redis += 1
        }
    }

    private mutating func pause(_ milliseconds: Range<Int>) -> Duration {
        .milliseconds(Int.random(in: milliseconds, using: &generator))
    }
}
