import JSON
import Redis
import TestSupport
import Testing

/// Random harm to everything while people talk; `ONCE_EVENTS` says how much they say.
@Suite("Exactly once", .serialized, .timeLimit(.minutes(6 + OnceSettings.events / 500)))
struct OnceTests {
    private static let workers = 3

    @Test("whatever dies and fails: each message has one answer that people see, whole, and in order")
    func storm() async throws {
        let seed = OnceSettings.seed
        print("once: seed \(seed) (ONCE_SEED=\(seed) repeats its decisions)")
        let model = Model()
        try await FakeModelServer.with(answering: { model.answer($0) }) { server in
            var options = AssistantSystem.Options(
                workers: Self.workers,
                redis: ["--appendonly", "yes", "--appendfsync", "always"],
                settings: [
                    "LLM_PROVIDER": "openai", "LLM_BASE_URL": server.url, "LLM_MODEL": "fake-model",
                    "DURABILITY": "fsync", "WORKER_LEASE": "2", "WORKER_CONCURRENCY": "100",
                ]
            )
            options.sandbox = []
            try await AssistantSystem.with(options) { try await rage($0, server, model, seed) }
        }
    }

    /// What stands in the lists of dead tasks.
    private static func dead(_ system: AssistantSystem) async throws -> String {
        var letters: [String] = []
        for queue in ["interactive", "minutes", "background"] {
            let reply = try await system.database.send(RedisCommand("LRANGE", "{\(queue)}:dead", 0, -1))
            letters += (reply.array ?? []).compactMap(\.string)
        }
        return letters.joined(separator: "\n")
    }

    /// Of a hundred calls of the open interface two meet each of these: ten in all.
    private static let faults: [JSONObject] = [
        ["kind": "rate_limited", "reset": 1], ["kind": "server_error", "status": 500], ["kind": "lost_answer"],
        ["kind": "close"], ["kind": "latency", "milliseconds": 900],
    ]

    private func rage(
        _ system: AssistantSystem,
        _ server: FakeModelServer,
        _ model: Model,
        _ seed: UInt64
    ) async throws {
        for (number, fault) in Self.faults.enumerated() {
            var fault = fault
            fault["percent"] = 2.1
            fault["path"] = "/open-apis/"
            if number == 0 { fault["seed"] = .integer(Int64(seed)) }
            try await system.sandbox.inject(.object(fault))
        }
        let script = Script(count: OnceSettings.events, over: OnceSettings.length, seed: seed)
        let postman = Postman()
        let begun = ContinuousClock.now
        let harm = try await withThrowingTaskGroup(of: Harm.Tally?.self) { group in
            group.addTask {
                var harm = Harm(system, seed: seed &+ 1)
                try await harm.rage(until: begun + OnceSettings.length)
                return harm.tally
            }
            group.addTask {
                for line in script.lines {
                    try await ContinuousClock().sleep(until: begun + line.at)
                    let said = try await system.sandbox.say(
                        line.text,
                        as: line.person,
                        in: line.group,
                        copies: line.copies
                    )
                    postman.add(line, said)
                }
                return nil
            }
            var tally = Harm.Tally()
            while let ended = try await group.next() { tally = ended ?? tally }
            return tally
        }
        let calm = ContinuousClock.now
        try await eventually("every event is taken", within: .seconds(120)) {
            try await postman.look(system.sandbox)
            return postman.isIdle
        }
        let census = try await system.settled(within: .seconds(180))
        let recovery = ContinuousClock.now - calm
        let verdict = try await Verdict(postman.items, system.sandbox)
        let stats = try await system.sandbox.stats()
        let calls = try await system.sandbox.calls()
        let account = model.account
        let tally = server.tally
        let copies = script.lines.reduce(0) { $0 + $1.copies }
        print(
            """
            once: \(script.lines.count) messages, \(copies) copies of their events, \
            \(stats["deliveries"]?["acknowledged"]?.integer ?? 0) events taken after \
            \(stats["attempts"]?.integer ?? 0) attempts, \(postman.givenUp) given up and delivered again; killed: \(harm.workers) \
            workers, \(harm.gateways) gateways, \(harm.redis) Redis; \(stats["faults_used"]?.integer ?? 0) faults in \
            \(calls.total) calls; lost \(verdict.lost.count), doubled \(verdict.doubled.count), cut \(verdict.cut.count), \
            out of order \(verdict.disordered.count), strange \(verdict.strange.count), answered with others \
            \(verdict.joined); \(account.runs.count) runs of the model (\(tally.broken) cut off) for \(verdict.runs.count) \
            answers; first sign of an answer p50 \(verdict.wait(50)) ms, p99 \(verdict.wait(99)) ms; quiet \(recovery) after the last harm
            """
        )
        if census.dead > 0 { print(try await Self.dead(system)) }
        #expect(postman.items.count == script.lines.count)
        #expect(verdict.lost.isEmpty, "\(verdict.lost.prefix(20))")
        #expect(verdict.doubled.isEmpty, "\(verdict.doubled.prefix(20))")
        #expect(verdict.cut.isEmpty, "\(verdict.cut.prefix(20))")
        #expect(verdict.disordered.isEmpty, "\(verdict.disordered.prefix(20))")
        #expect(verdict.strange.isEmpty, "\(verdict.strange.prefix(20))")
        #expect(census.isIdle && census.dead == 0, "\(census)")
        #expect(harm.workers > 0 && harm.gateways > 0 && harm.redis > 0, "a calm storm")
        // A finished answer is in the task's journal. Only who died between the model's last word and the journal, or
        // while the model spoke, asks again.
        let again = account.runs.count - verdict.runs.count
        #expect(again <= tally.broken + 10 * harm.all, "\(again) runs of the model that nobody sees")
    }
}
