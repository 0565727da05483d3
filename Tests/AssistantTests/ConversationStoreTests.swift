import Feishu
import JSON
import LanguageModel
import Redis
import TestSupport
import Testing

@testable import Assistant

@Suite("Conversations in Redis")
struct ConversationStoreTests {
    private let place = Conversation(appID: "cli_1", chatID: "oc_1")

    private func with(_ body: (RedisConversationStore, RedisClient) async throws -> Void) async throws {
        try await RedisServer.with { server in
            let redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: .silent)
            defer { redis.close() }
            try await body(RedisConversationStore(redis: redis, memory: .seconds(100)), redis)
        }
    }

    private func turns(_ number: Int, messages: Int = 1) -> [ConversationTurn] {
        (0..<messages).map { index in
            ConversationTurn(
                speaker: .user,
                text: "q\(number).\(index)",
                messageID: "om_\(number).\(index)",
                task: "t\(number)",
                at: 1
            )
        } + [ConversationTurn(speaker: .assistant, text: "a\(number)", messageID: nil, task: "t\(number)", at: 2)]
    }

    @Test("a turn is added once, is forgotten in time, and belongs to its conversation alone")
    func add() async throws {
        try await with { store, redis in
            for _ in 0..<2 { try await store.add(turns(1), by: "t1", session: 0, to: place) }
            try await store.add(turns(2), by: "t2", session: 0, to: place)
            #expect(try await store.state(of: place).turns == turns(1) + turns(2))
            for other in [
                Conversation(appID: "cli_2", chatID: "oc_1"),
                Conversation(appID: "cli_1", chatID: "oc_1", userID: "ou"),
                Conversation(appID: "cli_1", chatID: "oc_1", threadID: "omt"),
            ] { #expect(try await store.state(of: other) == ConversationState()) }
            for key in try await redis.send(RedisCommand("KEYS", "*")).array ?? [] {
                let left = try await redis.send(RedisCommand("TTL", key.string ?? "")).integer ?? 0
                #expect((1...100).contains(left))
            }
        }
    }

    @Test("after a new beginning nothing of before is there, nor is anything added that began before")
    func beginAnew() async throws {
        try await with { store, _ in
            try await store.add(turns(1), by: "t1", session: 0, to: place)
            try await store.choose(model: "m", in: place)
            try await store.beginAnew(place)
            try await store.add(turns(2), by: "t2", session: 0, to: place)
            var state = try await store.state(of: place)
            #expect(state.turns.isEmpty && state.session == 1 && state.model == "m")
            try await store.add(turns(3), by: "t3", session: 1, to: place)
            state = try await store.state(of: place)
            #expect(state.turns == turns(3))
        }
    }

    @Test("a recalled message goes, with its answer where that answered nothing else")
    func forget() async throws {
        try await with { store, _ in
            try await store.add(turns(1), by: "t1", session: 0, to: place)
            try await store.add(turns(2, messages: 2), by: "t2", session: 0, to: place)
            try await store.forget(messageID: "om_1.0", in: place)
            #expect(try await store.state(of: place).turns == turns(2, messages: 2))
            try await store.forget(messageID: "om_2.0", in: place)
            #expect(try await store.state(of: place).turns.map(\.text) == ["q2.1", "a2"])
        }
    }

    @Test("a summary takes the place of what it is of, unless that has changed")
    func summarise() async throws {
        try await with { store, _ in
            for number in 1...3 { try await store.add(turns(number), by: "t\(number)", session: 0, to: place) }
            let first = turns(1)[0]
            try await store.summarise(place, as: "S", inPlaceOf: 4, from: first, session: 0)
            var state = try await store.state(of: place)
            #expect(state.turns == turns(3) && state.summary == "S")
            try await store.summarise(place, as: "again", inPlaceOf: 1, from: first, session: 0)
            state = try await store.state(of: place)
            #expect(state.turns == turns(3) && state.summary == "S")
        }
    }

    @Test("the model is told the latest turns that fit, whole, and the summary of those before")
    func window() {
        var state = ConversationState()
        state.summary = "before"
        for number in 1...5 { state.turns += turns(number, messages: 2) }
        let all = state.turns.reduce(0) { $0 + TokenEstimate.tokens(in: $1.message) }
        let texts = AssistantTexts(.english)
        #expect(HistoryWindow(maximumTokens: all).messages(of: state, texts).count == 16)
        let messages = HistoryWindow(maximumTokens: all * 3 / 5 - 1).messages(of: state, texts)
        #expect(messages.dropFirst().map(\.content) == ["q4.0", "q4.1", "a4", "q5.0", "q5.1", "a5"])
        // A model made it of what people said, so it is no word of ours.
        #expect(messages[0].role == .user && messages[0].content.hasSuffix("<summary>\nbefore\n</summary>"))
        #expect(HistoryWindow(maximumTokens: 0).count(of: state.turns) == 0)
    }

    @Test("what the window leaves out is summarised in the background, and the conversation goes on")
    func background() async throws {
        var settings = AssistantSettings()
        settings.historyTokens = 60
        let model = ScriptedModel { request in
            let isSummary = request.messages[0].content.contains("summary")
            return .success(isSummary ? "SUMMARY" : "an answer of some words")
        }
        try await AnswerFixture.with(model: model, profiles: AssistantProfiles(base: settings)) { fixture in
            for number in 1...6 {
                try await fixture.write("a question of some words, number \(number)", id: "om_\(number)")
                try await eventually("answer \(number)") { fixture.said(to: "om_\(number)")?.answer != nil }
            }
            try await eventually("a summary") { try await fixture.state().summary == "SUMMARY" }
            try await fixture.write("the last question", id: "om_9")
            try await eventually("the last answer") { fixture.said(to: "om_9")?.answer != nil }
            let asked = try #require(model.requests.last { $0.messages.last == .user("the last question") })
            #expect(asked.messages[1].content.contains("SUMMARY"))
        }
    }
}
