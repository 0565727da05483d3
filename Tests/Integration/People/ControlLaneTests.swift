import Foundation
import HTTP
import HTTPClient
import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Stopping, judging and asking again")
    struct ControlLaneTests {
        private static func answer(_ request: FakeModelRequest) -> FakeModelAnswer {
            guard request.text.contains("slow") else { return .text("Answer \(request.number).") }
            return FakeModelAnswer(
                tokens: (1...600).map { "word \($0) " },
                firstAfter: .milliseconds(50),
                pace: .milliseconds(100)
            )
        }

        @Test("a stop reaches the worker that answers, wherever it was said, within a second; buttons do what they say")
        func control() async throws {
            try await AssistantSystem.with(model: Self.answer) { system, model in
                let people = ["Maya", "Li Lei", "Han"]
                var asked: [SandboxControl.Utterance] = []
                for person in people { asked.append(try await system.sandbox.say("slow", as: person)) }
                try await eventually("three answers are written") { model.tally.openStreams == 3 }
                // That worker goes on with these and takes nothing more; all else is the other one's.
                system.workers[0].signal(SIGUSR1)
                try await system.workers[0].says(#""message":"takes no more tasks""#)
                try await system.startWorker().says(#""message":"worker registered""#)
                for person in people {
                    for number in 1...2 { _ = try await system.sandbox.say("and \(number)", as: person) }
                }
                try await eventually("six wait") { try await system.census().parked == 6 }

                try await stopByButton(asked[0], system, model)
                try await stop("/stop", "Stopped. 2 messages that waited", asked[1], as: people[1], system, model)
                try await stop("停止", "已停止，还在等待的 2 条消息不再回答。", asked[2], as: people[2], system, model)
                #expect(model.tally.requestCount == 3)
                try await system.settled()
                // What was stopped was paid for.
                #expect(try await system.table("usage", "--by", "user").count == 3)

                let message = try await system.sandbox.say("well?")
                let reply = try await system.sandbox.wholeReply(to: message.messageID)
                try await toasts(reply, system)
                try await regenerate(message, reply, system, model)
                try await opinions(reply, system)
                #expect(try await system.settled().dead == 0)
            }
        }

        private func stopByButton(
            _ asked: SandboxControl.Utterance,
            _ system: AssistantSystem,
            _ model: FakeModelServer
        ) async throws {
            let card = try await system.sandbox.reply(to: asked.messageID)
            #expect(try await system.sandbox.card(shownIn: card.messageID).buttons == ["stop"])
            let (_, took) = try await unhurried {
                let outcome = try await system.sandbox.click(elementID: "stop", on: card.messageID)
                #expect(outcome.error == nil && outcome.toast == "收到，正在停止")
                try await eventually("the stream is cut") { model.tally.broken == 1 }
            }
            report("the stop button", took)
            try await isStopped(card, of: asked, system)
            try await eventually("what waited is told") {
                try await system.sandbox.replies(to: asked.messageID)
                    .contains { $0.text.contains("Stopped. 2 messages that waited will not be answered.") }
            }
        }

        private func stop(
            _ word: String,
            _ told: String,
            _ asked: SandboxControl.Utterance,
            as person: String,
            _ system: AssistantSystem,
            _ model: FakeModelServer
        ) async throws {
            let cut = model.tally.broken
            let (stop, took) = try await unhurried {
                let stop = try await system.sandbox.say(word, as: person)
                try await eventually("the stream is cut") { model.tally.broken == cut + 1 }
                return stop
            }
            report(word, took)
            #expect(try await system.sandbox.reply(to: stop.messageID).text.contains(told))
            try await isStopped(try await system.sandbox.reply(to: asked.messageID), of: asked, system)
        }

        private func isStopped(
            _ card: SandboxControl.Reply,
            of asked: SandboxControl.Utterance,
            _ system: AssistantSystem
        ) async throws {
            try await eventually("the card says so") {
                try await system.sandbox.card(shownIn: card.messageID).note?.contains("Stopped") == true
            }
            let shown = try await system.sandbox.card(shownIn: card.messageID)
            #expect(shown.answer?.hasPrefix("word 1 word 2") == true && shown.buttons == ["regenerate"])
        }

        private func report(_ what: String, _ took: Duration) {
            print("control lane: \(what) cut the model's stream after \(took)")
            #expect(took < .seconds(1))
        }

        /// Each click's toast comes from the gateway alone.
        private func toasts(_ reply: SandboxControl.Reply, _ system: AssistantSystem) async throws {
            var times: [Int64] = []
            for index in 0..<20 {
                // Of two in one millisecond either could be the later.
                if index == 19 { try await system.settled() }
                let body: JSONValue = ["user": "Maya", "element_id": .string(index == 19 ? "useful" : "useless")]
                let answer = try await system.sandbox.call("POST", "messages/\(reply.messageID)/clicks", body)
                #expect(answer["toast"]?["content"] == "谢谢反馈")
                times.append(try #require(answer["milliseconds"]?.integer))
            }
            times.sort()
            print("control lane: toasts of callbacks after p50 \(times[10]) ms, at most \(times[19]) ms")
            #expect(times[19] < 1_000)
        }

        private func regenerate(
            _ message: SandboxControl.Utterance,
            _ reply: SandboxControl.Reply,
            _ system: AssistantSystem,
            _ model: FakeModelServer
        ) async throws {
            let asked = model.tally.requestCount
            let outcome = try await system.sandbox.click(elementID: "regenerate", on: reply.messageID)
            #expect(outcome.error == nil)
            try await eventually("another answer") {
                try await system.sandbox.replies(to: message.messageID).count == 2
            }
            try await system.settled()
            let replies = try await system.sandbox.replies(to: message.messageID)
            #expect(replies.count == 2 && model.tally.requestCount == asked + 1)
            #expect(replies[0].text.contains("Answer \(asked - 1)") && replies[1].text.contains("Answer \(asked)"))
            // The conversation knows the new one only.
            let next = try await system.sandbox.say("and then?")
            _ = try await system.sandbox.wholeReply(to: next.messageID)
            let history = try #require(model.tally.requests.last).messages.compactMap { $0["content"]?.string }
            #expect(history.contains { $0 == "Answer \(asked)." } && !history.contains("Answer \(asked - 1)."))
        }

        /// What people think, by button in both of Feishu's forms, is what the operator's export has.
        private func opinions(_ reply: SandboxControl.Reply, _ system: AssistantSystem) async throws {
            _ = try await system.sandbox.click(elementID: "useless", on: reply.messageID, as: "Han")
            let task = try #require(try await system.sandbox.card(shownIn: reply.messageID).task)
            let old: JSONValue = [
                "open_id": "ou_old", "open_message_id": .string(reply.messageID), "open_chat_id": "oc_1",
                "tenant_key": "t", "token": "c-1",
                "action": ["tag": "button", "value": ["action": "useful", "task": .string(task)]],
            ]
            let request = SealedRequest(
                body: Array(old.text.utf8),
                key: "",
                signature: .oldCard(token: AssistantSystem.App.verificationToken)
            )
            let answer = try await system.ask("POST", EventPath.path, headers: request.headers, body: request.body)
            #expect(answer.status == 200 && answer.body.contains("谢谢反馈"))
            var opinions: [String: String] = [:]
            try await eventually("three opinions") {
                for row in try await system.table("feedback") where row["task"]?.string == task {
                    opinions[row["user"]?.string ?? ""] = row["opinion"]?.string
                }
                return opinions.count == 3
            }
            let (maya, han) = (try await system.sandbox.openID(of: "Maya"), try await system.sandbox.openID(of: "Han"))
            #expect(opinions == [maya: "useful", han: "useless", "ou_old": "useful"])
        }
    }
}
