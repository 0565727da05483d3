import JSON
import TestSupport
import Testing

/// Many answers that are written at once in one worker, by a slow model; `ONCE_STREAMS` says how many.
@Suite("Many streams", .serialized, .timeLimit(.minutes(5 + OnceSettings.streams / 1_000)))
struct StreamsTests {
    /// What was measured, 76 KiB, and a quarter: ten thousand leave room in a gibibyte. The frames of a debug build's
    /// functions are bigger: 88 KiB.
    private static let mostBytesEach = (OnceSettings.areProgramsOptimised ? 95 : 110) << 10
    /// People write so many messages a second: Feishu takes 50 emoji a second from an app.
    private static let pace = 50.0
    private static let hold = Duration.seconds(20 + OnceSettings.streams / 100)

    @Test("ten thousand slow answers in one worker stay under a gibibyte, and memory does not grow meanwhile")
    func streams() async throws {
        let count = OnceSettings.streams
        let opening = Duration.seconds(Double(count) / Self.pace)
        let pause = Duration.seconds(5)
        // Longer than everything here takes.
        let tokens = (0..<Int((opening + Self.hold + .seconds(200)) / pause)).map { "word \($0) " }
        let answering: FakeModelServer.Answering = { _ in
            FakeModelAnswer(tokens: tokens, firstAfter: .milliseconds(300), pace: pause)
        }
        try await FakeModelServer.with(answering: answering) { server in
            let options = AssistantSystem.Options(
                settings: [
                    "LLM_PROVIDER": "openai", "LLM_BASE_URL": server.url, "LLM_MODEL": "fake-model",
                    "LLM_TIMEOUT": "880",
                    // A tenth is kept free for what must not wait behind answers.
                    "WORKER_CONCURRENCY": "\(count * 6 / 5)",
                ]
            )
            try await AssistantSystem.with(options) { system in
                let worker = system.workers[0]
                let before = try worker.residentMemory().all
                try await open(count, in: system)
                try await eventually("all streams", within: .seconds(120)) { server.tally.openStreams == count }
                let samples = try await watch(worker)
                let cards = try await system.sandbox.stats()["cards"]?.integer ?? 0
                let most = samples.max() ?? 0
                let third = samples.count / 3
                let (first, last) = (Self.mean(samples.prefix(third)), Self.mean(samples.suffix(third)))
                print(
                    """
                    streams: \(count) in one worker, \(cards) of them on cards; memory \(before >> 20) MiB before, \
                    \(most >> 20) MiB at most, \((most - before) / count / 1_024) KiB each; over \(Self.hold) from \
                    \(first >> 20) to \(last >> 20) MiB
                    """
                )
                let tally = server.tally
                #expect(tally.openStreams == count && tally.broken == 0, "not all were open to the end")
                #expect(most - before < count * Self.mostBytesEach)
                #expect(!OnceSettings.areProgramsOptimised || count > 10_000 || most < 1 << 30)
                #expect(last < first + first / 20, "it grows")
            }
        }
    }

    private func open(_ count: Int, in system: AssistantSystem) async throws {
        let begun = ContinuousClock.now
        for number in 0..<count {
            try await ContinuousClock().sleep(until: begun + .seconds(Double(number) / Self.pace))
            _ = try await system.sandbox.say("What do you think?", as: "Person \(number)")
        }
    }

    /// The worker's memory each second of the time that the streams are held.
    private func watch(_ worker: ProgramProcess) async throws -> [Int] {
        var samples: [Int] = []
        let end = ContinuousClock.now + Self.hold
        while ContinuousClock.now < end {
            samples.append(try worker.residentMemory().all)
            try await ContinuousClock().sleep(for: .seconds(1))
        }
        return samples
    }

    private static func mean(_ samples: ArraySlice<Int>) -> Int { samples.reduce(0, +) / max(1, samples.count) }
}
