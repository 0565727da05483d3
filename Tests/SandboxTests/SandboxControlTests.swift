import FeishuSandbox
import JSON
import TestSupport
import Testing

@Suite("The sandbox as other tests speak to it", .timeLimit(.minutes(1)))
struct SandboxControlTests {
    @Test("what people do arrives as they did it")
    func acts() async throws {
        try await RunningSandbox.with { sandbox in
            let control = SandboxControl(url: sandbox.url, http: sandbox.client)
            let said = try await control.say("first")
            try await control.edit(said.messageID, to: "second")
            try await control.react("THUMBSUP", to: said.messageID)
            let answer = try await control.say("yes", replyTo: said.messageID, inThread: true)
            let file = try await control.sendFile(Array("x".utf8), named: "规划 2027.pdf", claimedBytes: 5)
            let key = try await control.upload(
                [0x89, 0x50, 0x4E, 0x47] + Array(repeating: 0, count: 24),
                named: "a.png",
                isImage: true
            )
            let post = try await control.sendPost(title: "t", [[["tag": "img", "image_key": .string(key)]]])
            let forward = try await control.forward([said.messageID, file.messageID])
            let group = try await control.makeGroup("Falcon", members: ["Ben"])
            try await control.clickMenu("help")
            try await control.recall(answer.messageID)
            let messages = try await control.state()["messages"]?.array ?? []
            func message(_ id: String) -> JSONValue? { messages.first { $0["message_id"]?.string == id } }
            #expect(message(said.messageID)?["content"] == #"{"text":"second"}"#)
            #expect(message(said.messageID)?["reactions"]?.array?.first?["emoji"] == "THUMBSUP")
            #expect(message(answer.messageID)?["thread_id"]?.string != nil)
            #expect(message(answer.messageID)?["recalled"] == true)
            #expect(message(file.messageID)?["content"]?.string?.contains("规划 2027.pdf") == true)
            #expect(message(post.messageID)?["type"] == "post")
            #expect(message(forward.messageID)?["children"]?.array?.count == 2)
            #expect(group.hasPrefix("oc_"))
            let events = try await control.stats()["events"]
            #expect(events?["application.bot.menu_v6"] == 1)
            #expect(events?["im.message.recalled_v1"] == 1)
        }
    }

    @Test("an answer that streams is whole once its card is closed")
    func wholeReply() async throws {
        try await RunningSandbox.with { sandbox in
            let control = SandboxControl(url: sandbox.url, http: sandbox.client)
            let token = try await sandbox.token()
            let said = try await control.say("hello")
            let id = try await sandbox.createCard(token: token)
            _ = try await sandbox.sendCard(id, replyTo: said.messageID, token: token)
            let first = try await control.reply(to: said.messageID)
            #expect(first.isStreaming)
            #expect(first.cardID == id)
            async let whole = control.wholeReply(to: said.messageID)
            _ = try await sandbox.stream("done", into: id, 1, token: token)
            _ = try await sandbox.settings(["streaming_mode": false], of: id, 2, token: token)
            #expect(try await whole.text == "done")
        }
    }

    @Test("rules are set, calls are counted, and a click says what the person sees")
    func rules() async throws {
        try await RunningSandbox.with { sandbox in
            let control = SandboxControl(url: sandbox.url, http: sandbox.client)
            let token = try await sandbox.token()
            let said = try await control.say("hello")
            let card: JSONValue = [
                "schema": "2.0",
                "body": [
                    "elements": [
                        [
                            "tag": "button", "element_id": "stop",
                            "behaviors": [["type": "callback", "value": ["a": 1]]],
                        ]
                    ]
                ],
            ]
            let id = try await sandbox.createCard(card, token: token)
            let sent = try await sandbox.sendCard(id, replyTo: said.messageID, token: token)
            let message = try #require(sent.json["data"]?["message_id"]?.string)
            #expect(try await control.card(id)["message_id"]?.string == message)
            let outcome = try await control.click(elementID: "stop", on: message)
            #expect(outcome == SandboxControl.ClickOutcome(error: 200_340, toast: nil, changedCard: false))
            try await control.setRates(["chat_per_second": 1])
            #expect(try await sandbox.reply(to: said.messageID, token: token).code == 230_020)
            try await control.changeScopes(withdraw: ["cardkit:card:write"])
            #expect(try await sandbox.stream("x", into: id, 1, token: token).code == 99_991_672)
            try await control.setQuota(0)
            #expect(try await sandbox.reply(to: said.messageID, token: token).code == 99_991_403)
            let calls = try await control.calls()
            #expect(calls.tooOften == 1)
            #expect(calls.refused == 3)
            #expect(calls.byInterface["POST /open-apis/im/v1/messages/:id/reply"] == 3)
            // Creating, sending, one refused stream, two refused replies.
            #expect(try await control.callsByAnswer() == [said.messageID: 5])
            try await control.resetCalls()
            #expect(try await control.calls().total == 0)
        }
    }
}
