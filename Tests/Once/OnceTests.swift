import Cryptography
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

    /// The tasks that the queue gave up.
    private static func buried(_ system: AssistantSystem) async throws -> [JSONValue] {
        var letters: [JSONValue] = []
        for queue in ["interactive", "minutes", "background"] {
            let reply = try await system.database.send(RedisCommand("LRANGE", "{\(queue)}:dead", 0, -1))
            letters += try (reply.array ?? []).compactMap(\.bytes).map { try JSONValue(parsing: $0) }
        }
        return letters
    }

    /// The messages that these were to answer, by their tasks.
    private static func messages(of letters: [JSONValue]) throws -> [String: String] {
        var messages: [String: String] = [:]
        for letter in letters {
            let id = try #require(letter["message"]?["headers"]?["id"]?.string)
            let text = try #require(letter["message"]?["body"]?.string)
            let isEncoded = letter["message"]?["properties"]?["body_encoding"] == "base64"
            let body = try JSONValue(parsing: isEncoded ? Base64.decode(text) : Array(text.utf8))
            let arguments = try #require(body.array?.dropFirst().first)
            messages[id] = try #require(arguments["target"]?["message_id"]?.string, "\(body.text)")
        }
        return messages
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
        async let raging = Self.harm(system, seed: seed &+ 1, until: begun + OnceSettings.length)
        async let talking: Void = Self.talk(script, in: system, since: begun, postman)
        while ContinuousClock.now < begun + OnceSettings.length {
            try await postman.look(system.sandbox)
            try await ContinuousClock().sleep(for: .seconds(1))
        }
        let harm = try await raging
        try await talking
        let calm = ContinuousClock.now
        try await eventually("every event is taken", within: .seconds(120)) {
            try await postman.look(system.sandbox)
            return postman.isIdle
        }
        let census = try await system.settled(within: .seconds(180))
        let recovery = ContinuousClock.now - calm
        let buried = try await Self.buried(system)
        let verdict = try await Verdict(
            postman.items,
            system.sandbox,
            buried: try Self.messages(of: buried)
        )
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
            out of order \(verdict.disordered.count), strange \(verdict.strange.count), told that \
            workers died of it \(verdict.told.count), answered with others \(verdict.joined); \(account.runs.count) runs of the model (\(tally.broken) cut off) for \(verdict.runs.count) \
            answers; first sign of an answer p50 \(verdict.wait(50)) ms, p99 \(verdict.wait(99)) ms; quiet \(recovery) after the last harm
            """
        )
        #expect(postman.items.count == script.lines.count)
        #expect(verdict.lost.isEmpty, "\(verdict.lost.prefix(20))")
        #expect(verdict.doubled.isEmpty, "\(verdict.doubled.prefix(20))")
        #expect(verdict.cut.isEmpty, "\(verdict.cut.prefix(20))")
        #expect(verdict.disordered.isEmpty, "\(verdict.disordered.prefix(20))")
        #expect(verdict.strange.isEmpty, "\(verdict.strange.prefix(20))")
        #expect(census.isIdle, "\(census)")
        // What three workers died of is not tried a fourth time, and nothing else may fail.
        for letter in buried {
            #expect(letter["error"]?["exc_type"] == "FatalAnswer", "\(letter.text)")
            #expect(letter["deliveries"]?.integer ?? 0 > 3, "\(letter.text)")
        }
        // Each of the three died while the model wrote, as a rule.
        #expect(3 * buried.count <= tally.broken + harm.workers)
        #expect(harm.workers > 0 && harm.gateways > 0 && harm.redis > 0, "a calm storm")
        // A finished answer is in the task's journal. Only who died between the model's last word and the journal, or
        // while the model spoke, asks again.
        let again = account.runs.count - verdict.runs.count
        #expect(again <= tally.broken + 10 * harm.all, "\(again) runs of the model that nobody sees")
    }

    private static func harm(
        _ system: AssistantSystem,
        seed: UInt64,
        until deadline: ContinuousClock.Instant
    ) async throws -> Harm.Tally {
        var harm = Harm(system, seed: seed)
        try await harm.rage(until: deadline)
        return harm.tally
    }

    private static func talk(
        _ script: Script,
        in system: AssistantSystem,
        since begun: ContinuousClock.Instant,
        _ postman: Postman
    ) async throws {
        for line in script.lines {
            try await ContinuousClock().sleep(until: begun + line.at)
            let said = try await system.sandbox.say(line.text, as: line.person, in: line.group, copies: line.copies)
            postman.add(line, said)
        }
    }
}
