import Foundation
import HTTP
import HTTPClient
import JSON
import TestSupport
import Testing

/// Many people at once, with Feishu's limits in force. `CROWD_PEOPLE` and `CROWD_SECONDS` say how many and how long the
/// model writes.
@Suite("A crowd", .serialized, .timeLimit(.minutes(10)))
struct CrowdTests {
    private static func setting(_ name: String, _ fallback: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? fallback
    }

    private let people = Self.setting("CROWD_PEOPLE", 200)
    private let seconds = Self.setting("CROWD_SECONDS", 60)
    /// People who write a second message while the first is answered.
    private let impatient = 20

    @Test("two hundred people get a sign at once, their answers as they are written, all of them, and in order")
    func crowd() async throws {
        let tokens = (0..<seconds * 2).map { "word \($0) " }
        let model = try await FakeModelServer.start { request in
            let question = request.messages.last?["content"]?.string ?? request.text
            guard !question.hasPrefix("short") else { return .text("Short answer to \(question). End.") }
            var answer = FakeModelAnswer(tokens: ["Long answer to \(question): "] + tokens + ["End."])
            answer.firstAfter = .milliseconds(300)
            answer.pace = .milliseconds(500)
            return answer
        }
        var options = AssistantSystem.Options(
            settings: [
                "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.url, "LLM_MODEL": "fake-model",
                "WORKER_CONCURRENCY": "400",
            ]
        )
        options.sandbox = []
        try await AssistantSystem.with(options) { system in
            let watch = SignWatch()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.listen(to: system.sandbox, system.http) }
                try await eventually("the page listens") { watch.isListening }
                try await converse(system, watch)
                group.cancelAll()
            }
        }
        try await model.stop()
    }

    private func converse(_ system: AssistantSystem, _ watch: SignWatch) async throws {
        let long = try await ask(system, watch, prefix: "long", count: people)
        let short = try await ask(system, watch, prefix: "short", count: impatient)
        let all = long + short
        try await eventually("every answer", within: .seconds(seconds * 3 + 60)) {
            try await system.census().isIdle
        }
        for (number, message) in all.enumerated() {
            let replies = try await system.sandbox.replies(to: message.messageID)
            #expect(replies.count == 1, "message \(number)")
            let text = replies.first?.text ?? ""
            #expect(text.contains("answer to \(message.text)") && text.contains("End."), "message \(number)")
        }
        let calls = try await Self.get("calls", system)
        let byAnswer = try await Self.get("calls/answers", system)
        let counts = (byAnswer["answers"]?.array ?? []).compactMap { $0["calls"]?.integer }.sorted()
        let waits = watch.waits
        #expect(waits.count == all.count)
        let p99 = waits[waits.count * 99 / 100]
        print(
            """
            crowd: \(people) people, \(seconds) s answers; first sign p50 \(waits[waits.count / 2]), p99 \(p99), \
            longest \(waits.last ?? .zero); calls an answer p50 \(counts[counts.count / 2]), most \(counts.last ?? 0); \
            refused as too often \(calls["too_often"]?.integer ?? -1) of \(calls["calls"]?.integer ?? 0)
            """
        )
        print("crowd: \(calls["interfaces"]?.text ?? "")")
        #expect(calls["too_often"]?.integer == 0)
        #expect((counts.last ?? 0) <= 12)
        #expect(p99 < .milliseconds(500))
        // Each impatient person's second message was answered after the first.
        let order = try await system.sandbox.sendings().filter { $0.outcome == "sent" }.compactMap(\.parentID)
        for (first, second) in zip(long, short) {
            let places = [first, second].map { message in order.firstIndex(of: message.messageID) ?? -1 }
            #expect(places[0] >= 0 && places[0] < places[1])
        }
    }

    private struct Asked {
        let messageID: String
        let text: String
    }

    /// People write one after the other, 25 a second: Feishu takes 50 emoji a second from an app.
    private func ask(
        _ system: AssistantSystem,
        _ watch: SignWatch,
        prefix: String,
        count: Int
    ) async throws -> [Asked] {
        var asked: [Asked] = []
        var next = ContinuousClock.now
        for number in 0..<count {
            try await ContinuousClock().sleep(until: next)
            next += .milliseconds(40)
            let text = "\(prefix) \(number)"
            let time = ContinuousClock.now
            let message = try await system.sandbox.say(text, as: "Person \(number)")
            watch.asked(message.messageID, at: time)
            asked.append(Asked(messageID: message.messageID, text: text))
        }
        return asked
    }

    private static func get(_ path: String, _ system: AssistantSystem) async throws -> JSONValue {
        let response = try await system.http.execute(HTTPClientRequest(url: "\(system.sandbox.url)/sandbox/\(path)"))
        return try JSONValue(parsing: response.body)
    }
}
