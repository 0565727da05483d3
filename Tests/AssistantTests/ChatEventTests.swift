import Feishu
import JSON
import JobQueue
import LanguageModel
import Redis
import TestSupport
import Testing

@testable import Assistant

@Suite("What happens in chats", .timeLimit(.minutes(1)))
struct ChatEventTests {
    @Test("the bot greets a group that it was put into, and a person who opens its chat first, once")
    func greetings() async throws {
        try await AnswerFixture.with(model: OfflineModel()) { fixture in
            for _ in 0..<2 {
                try await fixture.raise(
                    "im.chat.member.bot.added_v1",
                    ["chat_id": "oc_g", "operator_id": ["open_id": "ou_1"]]
                )
                try await fixture.raise(
                    "im.chat.access_event.bot_p2p_chat_entered_v1",
                    ["chat_id": "oc_p", "operator_id": ["open_id": "ou_1"]]
                )
            }
            try await fixture.raise(
                "im.chat.access_event.bot_p2p_chat_entered_v1",
                ["chat_id": "oc_old", "operator_id": ["open_id": "ou_1"], "last_message_id": "om_0"]
            )
            try await eventually("all is done") {
                let isIdle = try await fixture.isIdle()
                return isIdle && fixture.chat.said.count == 2
            }
            #expect(Set(fixture.chat.said.map(\.target.chatID)) == ["oc_g", "oc_p"])
        }
    }

    @Test("a menu item is the command of its name, in the chat where the person talks to the bot")
    func menu() async throws {
        try await AnswerFixture.with(model: ScriptedModel(answers: [.success("hi")])) { fixture in
            try await fixture.write("hello", id: "om_1")
            try await eventually("it is remembered") { try await fixture.state().turns.count == 2 }
            let click: JSONValue = [
                "operator": ["operator_id": ["open_id": "ou_1"]], "event_key": "new", "timestamp": 1,
            ]
            try await fixture.raise("application.bot.menu_v6", click)
            try await eventually("it is forgotten") { try await fixture.state().turns.isEmpty }
            try await eventually("it is told") { fixture.chat.said.contains { $0.target.chatID == "ou_1" } }
        }
    }

    @Test("a person's emoji on an answer is feedback; the bot's own is not")
    func reactions() async throws {
        try await AnswerFixture.with(model: ScriptedModel(answers: [.success("hi")])) { fixture in
            try await fixture.write("hello", id: "om_1")
            try await eventually("it is remembered") { try await fixture.state().turns.count == 2 }
            let task = AnswerJob.taskID(for: "om_1", inApp: "cli_1")
            let answer = "om_of_\(task)/answer"
            for (key, value) in [("app_id", "cli_1" as JSONValue), ("user_id", ["open_id": "ou_1"])] {
                try await fixture.raise(
                    "im.message.reaction.created_v1",
                    .object([
                        "message_id": .string(answer), "reaction_type": ["emoji_type": "THUMBSUP"], key: value,
                    ])
                )
            }
            try await eventually("all is done") { try await fixture.isIdle() }
            let feedback = try await fixture.parts.feedback.all(ofApp: "cli_1")
            #expect(feedback.map(\.userID) == ["ou_1"] && feedback.first?.isUseful == true)
            #expect(feedback.first?.task == task.rawValue)
        }
    }

    @Test("a chat that is disbanded is forgotten, and its answer ends")
    func disbanded() async throws {
        let model = TypingModel()
        try await AnswerFixture.with(model: model) { fixture in
            try await fixture.write("hello", id: "om_1")
            try await eventually("the model is asked") { model.requests.count == 1 }
            try await fixture.raise("im.chat.disbanded_v1", ["chat_id": "oc_1", "operator_id": ["open_id": "ou_1"]])
            try await eventually("its stream is let go") { model.endedStreams == 1 }
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(try await fixture.state().turns.isEmpty)
        }
    }

    @Test("a chat that the bot leaves is forgotten with its threads")
    func threads() async throws {
        try await AnswerFixture.with(model: OfflineModel()) { fixture in
            let store = fixture.parts.conversations
            let thread = Conversation(appID: "cli_1", chatID: "oc_1", threadID: "omt_1")
            let other = Conversation(appID: "cli_2", chatID: "oc_1", threadID: "omt_2")
            for place in [fixture.conversation, thread, other] {
                let turn = ConversationTurn(speaker: .user, text: "psst", messageID: "om_1", task: "t", at: 1)
                try await store.add([turn], by: "t", session: 0, to: place)
            }
            try await fixture.raise(
                "im.chat.member.bot.deleted_v1",
                ["chat_id": "oc_1", "operator_id": ["open_id": "ou_1"]]
            )
            try await eventually("the thread is forgotten") { try await store.state(of: thread).turns.isEmpty }
            #expect(try await fixture.state().turns.isEmpty)
            #expect(try await store.state(of: other).turns.count == 1)
        }
    }

    @Test("a chat that the bot leaves takes its minutes along, with what was said in the meetings")
    func minutes() async throws {
        try await AnswerFixture.with(model: OfflineModel()) { fixture in
            let store = fixture.parts.minutes
            func hold(_ task: String, in chatID: String) async throws -> MinutesID {
                let id = MinutesID(appID: "cli_1", task: task)
                let request = MinutesRequest(appID: "cli_1", chatID: chatID)
                try await store.begin(request, transcript: Transcripts.chinese, of: id)
                return id
            }
            let ids = [try await hold("a", in: "oc_1"), try await hold("b", in: "oc_1")]
            let other = try await hold("c", in: "oc_2")
            try await fixture.raise(
                "im.chat.member.bot.deleted_v1",
                ["chat_id": "oc_1", "operator_id": ["open_id": "ou_1"]]
            )
            for id in ids {
                try await eventually("it is forgotten") { try await store.transcript(of: id) == nil }
            }
            #expect(try await store.latest(inChat: "oc_1", ofApp: "cli_1", since: 0, atMost: 9) == [])
            #expect(try await store.transcript(of: other) == Transcripts.chinese)
        }
    }

    @Test("models and languages are chosen by conversation, and told")
    func choices() async throws {
        try await AnswerFixture.with(model: ScriptedModel(answers: [.success("hi")])) { fixture in
            var told: [String] = []
            for (index, text) in [
                "/model", "/model nope", "/model Scripted", "/language English", "/status", "/language auto",
            ].enumerated() {
                try await fixture.write(text, id: "om_\(index)")
                try await eventually("an answer to \(text)") { fixture.said(to: "om_\(index)") != nil }
                guard case .markdown(let markdown, _)? = fixture.said(to: "om_\(index)")?.reply else { continue }
                told.append(markdown)
            }
            #expect(told.count == 6)
            #expect(told[0].contains("**scripted** ✓") && told[1].contains("nope") && told[2].contains("scripted"))
            #expect(try await fixture.state().model == "scripted")
            #expect(told[3] == "All right, I will speak English." && told[4].contains("Nobody waits."))
            #expect(told[5] == "All right, I will follow your language.")
        }
    }
}
