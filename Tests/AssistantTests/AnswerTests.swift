import Feishu
import JSON
import JobQueue
import LanguageModel
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import Assistant

@Suite("Answers on cards", .timeLimit(.minutes(1)))
struct AnswerTests {
    @Test("a quick answer is one card, with its source, its buttons and no emoji left")
    func quick() async throws {
        try await AnswerFixture.with(model: ScriptedModel(answers: [.success("**42**")])) { fixture in
            try await fixture.write("6 x 7?", id: "om_1")
            try await eventually("the answer") { fixture.said(to: "om_1")?.answer == "**42**" }
            let said = try #require(fixture.said(to: "om_1"))
            #expect(said.footer?.contains("scripted") == true)
            #expect(said.buttons == ["regenerate", "useful", "useless"])
            try await eventually("the emoji is gone") {
                fixture.chat.calls.contains("removeReaction") && fixture.chat.reactions.isEmpty
            }
            #expect(!fixture.chat.calls.contains("makeCard"))
            #expect(fixture.chat.calls.count == 3)
        }
    }

    @Test("a slow answer grows on a card, all of the text each time, and ends there")
    func growing() async throws {
        let model = TypingModel()
        try await AnswerFixture.with(model: model) { fixture in
            try await fixture.write("tell me", id: "om_1")
            try await eventually("the model is asked") { model.requests.count == 1 }
            #expect(fixture.chat.reactions == ["om_1"])
            model.write("Once ")
            try await eventually("the card") { fixture.said(to: "om_1")?.answer == "Once " }
            #expect(fixture.said(to: "om_1")?.buttons == ["stop"])
            model.write("upon a time")
            try await eventually("it grows") { fixture.chat.shown == ["Once upon a time"] }
            model.write(".")
            model.finish()
            try await eventually("the end") { fixture.said(to: "om_1")?.answer == "Once upon a time." }
            #expect(fixture.said(to: "om_1")?.buttons == ["regenerate", "useful", "useless"])
            #expect(fixture.chat.said.count == 1)
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(fixture.chat.calls.filter { $0 != "removeReaction" }.suffix(2) == ["close", "replace"])
            let turns = try await fixture.state().turns
            #expect(turns.map(\.text) == ["tell me", "Once upon a time."])
        }
    }

    @Test(
        "a stop ends the answer at once and keeps what was written; what waits is dropped and counted",
        arguments: [true, false]
    )
    func stop(byButton: Bool) async throws {
        let model = TypingModel()
        try await AnswerFixture.with(model: model) { fixture in
            try await fixture.write("tell me", id: "om_1")
            try await eventually("the model is asked") { model.requests.count == 1 }
            model.write("Once ")
            try await eventually("the card") { fixture.said(to: "om_1")?.answer == "Once " }
            for number in 2...3 { try await fixture.write("and \(number)", id: "om_\(number)") }
            try await eventually("two wait") {
                try await fixture.redis.send(RedisCommand("HVALS", "{interactive}:lanes"))[0]?.string == "2"
            }
            let (_, took) = try await unhurried {
                if byButton {
                    try await fixture.press("stop", ofAnswerTo: "om_1")
                } else {
                    try await fixture.write("停止", id: "om_stop", at: 1_749_700_000_400)
                }
                try await eventually("it has ended") { fixture.said(to: "om_1")?.footer?.contains("Stopped") == true }
            }
            #expect(took < .seconds(1))
            #expect(fixture.said(to: "om_1")?.answer == "Once ")
            try await eventually("the model's stream is let go") { model.endedStreams == 1 }
            let told = byButton ? "Stopped. 2 messages that waited will not be answered." : "已停止，还在等待的 2 条消息不再回答。"
            try await eventually("it is told") { fixture.chat.said.contains { $0.reply == .markdown(told) } }
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(model.requests.count == 1)
            #expect(fixture.said(to: "om_2") == nil && fixture.said(to: "om_3") == nil)
            // What was written was paid for.
            let account = UsageAccount(appID: "cli_1", userID: "ou_1", chatID: "oc_1")
            let usage = try await fixture.parts.usage.summary(of: account)
            #expect(usage.chatToday.requests == 1 && usage.chatToday.completionTokens > 0)
            try await eventually("no emoji is left") { fixture.chat.reactions.isEmpty }
        }
    }

    @Test("messages that come while an answer is written become one turn behind it")
    func burst() async throws {
        let model = TypingModel()
        try await AnswerFixture.with(model: model) { fixture in
            try await fixture.write("first", id: "om_1")
            try await eventually("the model is asked") { model.requests.count == 1 }
            for number in 2...4 { try await fixture.write("part \(number)", id: "om_\(number)") }
            try await eventually("three wait") {
                try await fixture.redis.send(RedisCommand("HVALS", "{interactive}:lanes"))[0]?.string == "3"
            }
            model.write("one")
            model.finish()
            try await eventually("the model is asked again") { model.requests.count == 2 }
            let messages = model.requests[1].messages
            #expect(messages.last == .user("part 2\npart 3\npart 4"))
            #expect(messages.suffix(3).dropLast().map(\.content) == ["first", "one"])
            model.write("all three")
            model.finish()
            try await eventually("the answer") { fixture.said(to: "om_4")?.answer == "all three" }
            try await eventually("no emoji is left") { fixture.chat.reactions.isEmpty }
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(fixture.chat.said.count == 2)
        }
    }

    @Test("another answer takes the place of the first in the conversation, once a click")
    func regenerate() async throws {
        let model = ScriptedModel(answers: [.success("one"), .success("two")])
        try await AnswerFixture.with(model: model) { fixture in
            try await fixture.write("which?", id: "om_1")
            try await eventually("the answer") { fixture.said(to: "om_1")?.answer == "one" }
            try await eventually("it is remembered") { try await fixture.state().turns.count == 2 }
            for _ in 0..<2 { try await fixture.press("regenerate", ofAnswerTo: "om_1") }
            try await eventually("another answer") { fixture.chat.said.contains { $0.answer == "two" } }
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(try await fixture.state().turns.map(\.text) == ["which?", "two"])
        }
    }

    @Test("what people think of an answer is kept, the latest of each")
    func feedback() async throws {
        try await AnswerFixture.with(model: ScriptedModel(answers: [.success("one")])) { fixture in
            try await fixture.write("which?", id: "om_1")
            try await eventually("the answer") { fixture.said(to: "om_1")?.answer == "one" }
            try await fixture.press("useful", ofAnswerTo: "om_1")
            try await eventually("it is kept") { try await fixture.parts.feedback.all(ofApp: "cli_1").count == 1 }
            try await fixture.press("useless", ofAnswerTo: "om_1")
            try await eventually("it is changed") {
                try await fixture.parts.feedback.all(ofApp: "cli_1").map(\.isUseful) == [false]
            }
            // Clicks wait for no turn, so an earlier one may come later.
            let kept = try await fixture.parts.feedback.all(ofApp: "cli_1")[0]
            try await fixture.parts.feedback.keep(
                Feedback(appID: "cli_1", task: kept.task, userID: kept.userID, isUseful: true, at: kept.at - 1)
            )
            #expect(try await fixture.parts.feedback.all(ofApp: "cli_1") == [kept])
        }
    }

    @Test("a message that waited is answered as it is now; one that was taken back is not")
    func edited() async throws {
        let model = ScriptedModel(answers: [.success("yes")])
        try await AnswerFixture.with(model: model) { fixture in
            fixture.time.withLockedValue { $0 += 300_000 }
            fixture.chat.edit("om_1", to: "after")
            fixture.chat.edit("om_2", to: nil)
            try await fixture.write("before", id: "om_1")
            try await eventually("the answer") { fixture.said(to: "om_1")?.answer == "yes" }
            #expect(model.requests[0].messages.last == .user("after"))
            #expect(fixture.said(to: "om_1")?.footer?.contains("A late answer") == true)
            try await fixture.write("gone", id: "om_2")
            try await eventually("all is done") {
                let isIdle = try await fixture.isIdle()
                return isIdle && fixture.chat.calls.filter { $0 == "removeReaction" }.count == 2
            }
            #expect(model.requests.count == 1)
        }
    }

    @Test("a recall ends the answer of the message, and the conversation forgets it")
    func recalled() async throws {
        let model = TypingModel()
        try await AnswerFixture.with(model: model) { fixture in
            try await fixture.write("one", id: "om_1")
            try await eventually("the model is asked") { model.requests.count == 1 }
            model.write("1")
            model.finish()
            try await eventually("it is remembered") { try await fixture.state().turns.count == 2 }
            try await fixture.recall("om_1")
            try await eventually("it is forgotten") { try await fixture.state().turns.isEmpty }
            try await fixture.write("two", id: "om_2")
            try await eventually("the model is asked again") { model.requests.count == 2 }
            try await fixture.recall("om_2")
            try await eventually("the stream is let go") { model.endedStreams == 2 }
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(fixture.said(to: "om_2") == nil)
            // Its recall may also come first.
            try await fixture.recall("om_3")
            try await eventually("all is done") { try await fixture.isIdle() }
            try await fixture.write("three", id: "om_3")
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(model.requests.count == 2)
            // One whose answer grows already ends as stopped, and is not remembered for what was written.
            try await fixture.write("four", id: "om_4")
            try await eventually("the model is asked") { model.requests.count == 3 }
            model.write("4")
            try await eventually("the card") { fixture.said(to: "om_4")?.answer == "4" }
            try await fixture.recall("om_4")
            try await eventually("the end") { fixture.said(to: "om_4")?.footer?.contains("Stopped") == true }
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(fixture.said(to: "om_4")?.buttons == [], "it cannot be asked for again")
            #expect(try await fixture.state().turns.isEmpty)
        }
    }

    @Test("a message of a burst that is taken back later is forgotten, the others are not")
    func recalledFromBurst() async throws {
        let model = TypingModel()
        try await AnswerFixture.with(model: model) { fixture in
            try await fixture.write("first", id: "om_1")
            try await eventually("the model is asked") { model.requests.count == 1 }
            for number in 2...3 { try await fixture.write("part \(number)", id: "om_\(number)") }
            try await eventually("two wait") {
                try await fixture.redis.send(RedisCommand("HVALS", "{interactive}:lanes"))[0]?.string == "2"
            }
            model.write("one")
            model.finish()
            try await eventually("the model is asked again") { model.requests.count == 2 }
            model.write("both")
            model.finish()
            try await eventually("it is remembered") { try await fixture.state().turns.count == 5 }
            try await fixture.recall("om_3")
            try await eventually("it is forgotten") {
                try await fixture.state().turns.map(\.text) == ["first", "one", "part 2", "both"]
            }
        }
    }

    @Test(
        "a card that cannot be made, grown or ended costs the reader nothing but the growing",
        arguments: [
            "makeCard", "show", "close", "replace",
        ]
    )
    func fallback(call: String) async throws {
        let model = TypingModel()
        try await AnswerFixture.with(model: model) { fixture in
            fixture.chat.refuse(call, with: FeishuError(kind: .content, code: 230_099, message: ""))
            try await fixture.write("tell me", id: "om_1")
            try await eventually("the model is asked") { model.requests.count == 1 }
            model.write("Once ")
            try await eventually("the card is tried") {
                fixture.chat.calls.contains(call == "makeCard" ? "makeCard" : "reply")
            }
            model.write("upon")
            try await eventually("it would grow") { call == "makeCard" || fixture.chat.calls.contains("show") }
            model.finish()
            try await eventually("the text") {
                fixture.chat.said.contains { said in
                    if said.answer == "Once upon" { return true }
                    guard case .markdown(let text, _) = said.reply else { return false }
                    return text.hasPrefix("Once upon")
                }
            }
            try await eventually("all is done") { try await fixture.isIdle() }
        }
    }
}

extension AnswerTests {
    @Test("a card that cannot show the answer points to the message that does, and shows no part of it")
    func pointing() async throws {
        let model = TypingModel()
        try await AnswerFixture.with(model: model) { fixture in
            try await fixture.write("tell me", id: "om_1")
            try await eventually("the model is asked") { model.requests.count == 1 }
            model.write("Once ")
            try await eventually("the card") { fixture.said(to: "om_1")?.answer == "Once " }
            fixture.chat.refuseOnce("replace", with: FeishuError(kind: .content, code: 300_305, message: ""))
            model.write("upon a time")
            model.finish()
            try await eventually("the card points on") {
                fixture.said(to: "om_1")?.footer?.contains("the message below has all of it") == true
            }
            #expect(fixture.said(to: "om_1")?.answer == nil)
            #expect(fixture.said(to: "om_1")?.buttons == ["regenerate", "useful", "useless"])
            #expect(
                fixture.chat.said.contains { said in
                    guard case .markdown(let text, _) = said.reply else { return false }
                    return text.hasPrefix("Once upon a time")
                }
            )
        }
    }

    @Test("an answer whose card another is sending has not ended before that is there, so none overtakes it")
    func sentByAnother() async throws {
        let model = TypingModel()
        try await AnswerFixture.with(model: model) { fixture in
            fixture.chat.refuseOnce("reply", with: FeishuError(kind: .busy, code: 230_049, message: "being sent"))
            try await fixture.write("tell me", id: "om_1")
            try await eventually("the model is asked") { model.requests.count == 1 }
            model.write("Once ")
            try await eventually("the card is tried") { fixture.chat.calls.contains("reply") }
            model.write("upon")
            model.finish()
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(fixture.said(to: "om_1")?.answer == "Once upon")
            let calls = fixture.chat.calls
            let written = try #require(calls.lastIndex(of: "replace"))
            #expect(try #require(calls.lastIndex(of: "reply")) > written)
        }
    }

    @Test("where many wait, people are told their place on the card that becomes the answer")
    func placeInLine() async throws {
        let model = TypingModel()
        try await AnswerFixture.with(model: model) { fixture in
            // One answer at a time, of all conversations.
            try await QueueLimits(redis: fixture.redis)
                .set(QueueLimit(concurrency: 1), for: AnswerCapacity.limit, in: AnswerJob.queue)
            for number in 1...8 {
                try await fixture.write("question \(number)", id: "om_\(number)", in: "oc_\(number)")
            }
            try await eventually("somebody is told") {
                fixture.chat.said.contains { $0.footer?.contains("In line") == true }
            }
            for count in 1...8 {
                try await eventually("model request \(count)") { model.requests.count == count }
                model.write("answer \(count)")
                model.finish()
            }
            try await eventually("all is done") { try await fixture.isIdle() }
            // Each has one card, which is the answer.
            #expect(fixture.chat.said.count == 8)
            #expect(fixture.chat.said.allSatisfy { $0.answer?.hasPrefix("answer") == true })
        }
    }

    @Test("an answer that workers died of is told to whoever waits, and given up before the queue does so silently")
    func fatal() async throws {
        let model = ScriptedModel(answers: [.success("never")])
        try await AnswerFixture.with(model: model) { fixture in
            let task = AnswerJob.taskID(for: "om_1", inApp: "cli_1").rawValue
            _ = try await fixture.redis.send(RedisCommand("HSET", "{interactive}:deliveries", task, "3"))
            try await fixture.write("which?", id: "om_1")
            try await eventually("it is told") { fixture.said(to: "om_1")?.footer?.contains(task) == true }
            try await eventually("the dead letter") {
                try await fixture.redis.send(RedisCommand("LLEN", "{interactive}:dead")).integer == 1
            }
            #expect(model.requests.isEmpty)
            try await eventually("no emoji says that somebody is on it") { fixture.chat.reactions.isEmpty }
        }
    }

    @Test("those that waited behind an answer that workers died of are answered, without it")
    func fatalAlone() async throws {
        let model = TypingModel()
        try await AnswerFixture.with(model: model) { fixture in
            let task = AnswerJob.taskID(for: "om_2", inApp: "cli_1").rawValue
            _ = try await fixture.redis.send(RedisCommand("HSET", "{interactive}:deliveries", task, "3"))
            try await fixture.write("the first", id: "om_1")
            try await eventually("the model is asked") { model.requests.count == 1 }
            for number in 2...3 { try await fixture.write("number \(number)", id: "om_\(number)") }
            try await eventually("both wait") {
                try await fixture.redis.send(RedisCommand("HVALS", "{interactive}:lanes"))[0]?.string == "2"
            }
            model.write("an answer")
            model.finish()
            try await eventually("the fatal one is told of") {
                fixture.said(to: "om_2")?.footer?.contains(task) == true
            }
            try await eventually("the model is asked for the last") { model.requests.count == 2 }
            model.write("another answer")
            model.finish()
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(model.requests[1].messages.last?.content == "number 3")
            #expect(fixture.said(to: "om_3")?.answer == "another answer")
            #expect(fixture.chat.said.count == 3)
        }
    }
}
