import FeishuSandbox
import HTTP
import JSON
import NIOConcurrencyHelpers
import TestSupport
import Testing

@Suite("Clicks on cards", .timeLimit(.minutes(1)))
struct ClickTests {
    private static let card: JSONValue = [
        "schema": "2.0",
        "body": [
            "elements": [
                ["tag": "markdown", "content": "running"],
                [
                    "tag": "button", "element_id": "stop", "name": "btn_stop",
                    "text": ["tag": "plain_text", "content": "Stop"],
                    "behaviors": [["type": "callback", "value": ["action": "stop", "job": "j1"]]],
                ],
                [
                    "tag": "button", "text": ["tag": "plain_text", "content": "Docs"],
                    "behaviors": [["type": "open_url", "default_url": "https://example.com"]],
                ],
                ["tag": "button", "text": ["tag": "plain_text", "content": "Mute"]],
                [
                    "tag": "form", "name": "feedback",
                    "elements": [
                        ["tag": "input", "name": "comment", "default_value": "fine"],
                        [
                            "tag": "select_static", "name": "rating",
                            "options": [["text": ["tag": "plain_text", "content": "5"], "value": "5"]],
                        ],
                        [
                            "tag": "button", "name": "submit", "form_action_type": "submit",
                            "text": ["tag": "plain_text", "content": "Send"], "value": ["action": "feedback"],
                        ],
                    ],
                ],
            ]
        ],
    ]

    /// A sandbox whose callbacks are answered by `handler`, with a card sent to Ann; gives the card's message id.
    private static func with(
        _ handler: @escaping @Sendable (JSONValue) -> (status: Int, body: String),
        card: JSONValue = card,
        time: CloudTime = .system,
        _ body: @escaping @Sendable (RunningSandbox, String, ScriptedHTTPServer) async throws -> Void
    ) async throws {
        try await ScriptedHTTPServer.with(handler: { request, exchange in
            let answer = handler(try DeliveryTests.opened(request))
            try await exchange.respond(status: answer.status, answer.body)
        }) { gateway in
            var configuration = SandboxConfiguration(verifiesEventURL: false)
            configuration.app.callbackURL = gateway.url + "/callbacks"
            try await RunningSandbox.with(configuration, time: time) { sandbox in
                let spoken = try sandbox.say()
                let token = try await sandbox.token()
                let sent = try await sandbox.send(to: spoken.chatID, type: "interactive", content: card, token: token)
                try await body(sandbox, try #require(sent.json["data"]?["message_id"]?.string), gateway)
            }
        }
    }

    private static func stop(_ name: String = "Ann") -> Click {
        var click = Click(person: name)
        click.elementID = "stop"
        return click
    }

    @Test("a click is one signed and encrypted card.action.trigger, its toast is shown and its card put in place")
    func button() async throws {
        let after = RunningSandbox.card(text: "stopped", streams: false)
        let answer: JSONValue = [
            "toast": ["type": "success", "content": "Stopped"], "card": ["type": "raw", "data": after],
        ]
        try await Self.with({ _ in (200, answer.text) }) { sandbox, message, gateway in
            let outcome = try await sandbox.cloud.click(Self.stop(), on: message)
            #expect(outcome.error == nil)
            #expect(outcome.toast?["content"] == "Stopped")
            #expect(outcome.changedCard)
            #expect(gateway.tally.requests.count == 1)
            let event = try DeliveryTests.opened(try #require(gateway.tally.requests.first))
            #expect(event["header"]?["event_type"] == "card.action.trigger")
            #expect(event["header"]?["create_time"]?.string?.count == 16)
            let inner = event["event"]
            #expect(inner?["action"]?["value"] == ["action": "stop", "job": "j1"])
            #expect(inner?["action"]?["tag"] == "button")
            #expect(inner?["action"]?["name"] == "btn_stop")
            #expect(inner?["token"]?.string?.hasPrefix("c-") == true)
            #expect(inner?["host"] == "im_message")
            #expect(inner?["context"]?["open_message_id"]?.string == message)
            #expect(inner?["operator"]?["open_id"]?.string?.hasPrefix("ou_") == true)
            let token = try await sandbox.token()
            let read = try await sandbox.call("GET", "/open-apis/im/v1/messages/\(message)", token: token)
            #expect(read.json["data"]?["items"]?.array?.first?["body"]?["content"]?.string?.contains("stopped") == true)
        }
    }

    @Test("a form's submit brings what was entered, and what it began with")
    func form() async throws {
        try await Self.with({ _ in (200, "{}") }) { sandbox, message, gateway in
            let answer = try await sandbox.call(
                "POST",
                "/sandbox/messages/\(message)/clicks",
                ["user": "Ann", "name": "submit", "form_value": ["rating": "5", "unknown": "x"]]
            )
            #expect(answer.json == ["changed_card": false, "milliseconds": answer.json["milliseconds"] ?? 0])
            let event = try DeliveryTests.opened(try #require(gateway.tally.requests.first))["event"]
            #expect(event?["action"]?["form_value"] == ["comment": "fine", "rating": "5"])
            #expect(event?["action"]?["value"] == ["action": "feedback"])
        }
    }

    @Test(
        "what goes wrong is shown to the person with its code",
        arguments: [
            (500, "{}", 200_671), (302, "{}", 200_671), (200, "not JSON", 200_672), (200, "[]", 200_672),
            (200, #"{"toast":{"type":"loud","content":"x"}}"#, 200_672),
            (200, #"{"card":{"type":"raw","data":{"schema":"2.0","body":{"elements":[{"tag":"note"}]}}}}"#, 200_673),
            (200, #"{"card":{"type":"raw","data":{"elements":[{"tag":"hr"}]}}}"#, 200_830),
        ]
    )
    func errors(status: Int, body: String, code: Int) async throws {
        try await Self.with({ _ in (status, body) }) { sandbox, message, gateway in
            let outcome = try await sandbox.cloud.click(Self.stop(), on: message)
            #expect(outcome.error == code)
            #expect(!outcome.changedCard)
            // Nothing is asked twice.
            #expect(gateway.tally.requests.count == 1)
        }
    }

    @Test("a button that tells nothing, and an app without a callback URL, give 200340; a link calls nobody")
    func silentButtons() async throws {
        try await Self.with({ _ in (200, "{}") }) { sandbox, message, gateway in
            var click = Click(person: "Ann")
            click.label = "Mute"
            #expect(try await sandbox.cloud.click(click, on: message).error == 200_340)
            click.label = "Docs"
            #expect(try await sandbox.cloud.click(click, on: message).error == nil)
            try sandbox.cloud.changeApp(nil, ["callback_url": ""])
            #expect(try await sandbox.cloud.click(Self.stop(), on: message).error == 200_340)
            #expect(gateway.tally.requests.isEmpty)
            click.label = "Nowhere"
            await #expect(throws: ControlError.self) { try await sandbox.cloud.click(click, on: message) }
        }
    }

    @Test("a server that does not answer in time gives 200341, one that does not listen 200342")
    func silence() async throws {
        try await ScriptedHTTPServer.with(handler: { _, _ in }) { gateway in
            var configuration = SandboxConfiguration(verifiesEventURL: false)
            configuration.app.callbackURL = gateway.url + "/callbacks"
            configuration.deliveryTimeout = .milliseconds(200)
            try await RunningSandbox.with(configuration) { sandbox in
                let spoken = try sandbox.say()
                let token = try await sandbox.token()
                let sent = try await sandbox.send(
                    to: spoken.chatID,
                    type: "interactive",
                    content: Self.card,
                    token: token
                )
                let message = try #require(sent.json["data"]?["message_id"]?.string)
                #expect(try await sandbox.cloud.click(Self.stop(), on: message).error == 200_341)
                try sandbox.cloud.changeApp(nil, ["callback_url": "http://127.0.0.1:1/callbacks"])
                #expect(try await sandbox.cloud.click(Self.stop(), on: message).error == 200_342)
            }
        }
    }

    @Test("while a click is worked on the card is locked: 200810 for an entity, 11310 for a patch and a delayed update")
    func lock() async throws {
        let asked = AsyncStream.makeStream(of: String.self)
        let go = AsyncStream.makeStream(of: Void.self)
        try await ScriptedHTTPServer.with(handler: { request, exchange in
            let event = try DeliveryTests.opened(request)
            asked.continuation.yield(event["event"]?["token"]?.string ?? "")
            for await _ in go.stream { break }
            try await exchange.respond("{}")
        }) { gateway in
            var configuration = SandboxConfiguration(verifiesEventURL: false)
            configuration.app.callbackURL = gateway.url
            try await RunningSandbox.with(configuration) { sandbox in
                let spoken = try sandbox.say()
                let token = try await sandbox.token()
                let id = try await sandbox.createCard(Self.card, token: token)
                let entity = try await sandbox.sendCard(id, replyTo: spoken.messageID, token: token)
                let plain = try await sandbox.send(
                    to: spoken.chatID,
                    type: "interactive",
                    content: Self.card,
                    token: token
                )
                let settings: JSONObject = ["summary": ["content": "x"]]
                let shown = try #require(entity.json["data"]?["message_id"]?.string)
                async let first = sandbox.cloud.click(Self.stop(), on: shown)
                for await _ in asked.stream { break }
                #expect(try await sandbox.settings(settings, of: id, 1, token: token).code == 200_810)
                go.continuation.yield()
                #expect(try await first.error == nil)
                #expect(try await sandbox.settings(settings, of: id, 1, token: token).code == 0)

                let message = try #require(plain.json["data"]?["message_id"]?.string)
                async let second = sandbox.cloud.click(Self.stop(), on: message)
                var click = ""
                for await token in asked.stream {
                    click = token
                    break
                }
                let path = "/open-apis/im/v1/messages/\(message)"
                let patch = try await sandbox.call("PATCH", path, ["content": .string(Self.card.text)], token: token)
                #expect(patch.code == 230_099)
                #expect(patch.json["msg"]?.string?.contains("11310; ErrMsg: card action is lock") == true)
                let update: JSONValue = ["token": .string(click), "card": Self.card]
                let delayed = "/open-apis/interactive/v1/card/update"
                #expect(try await sandbox.call("POST", delayed, update, token: token).code == 11_310)
                go.continuation.yield()
                #expect(try await second.error == nil)
                #expect(try await sandbox.call("POST", delayed, update, token: token).code == 0)
            }
        }
    }

    @Test("a card in streaming mode is not changed by an answer")
    func streaming() async throws {
        var card = Self.card.object ?? [:]
        card["config"] = ["streaming_mode": true]
        let streaming = JSONValue.object(card)
        let answer: JSONValue = ["card": ["type": "raw", "data": RunningSandbox.card(text: "new", streams: false)]]
        try await Self.with({ _ in (200, answer.text) }, card: streaming) { sandbox, message, _ in
            let outcome = try await sandbox.cloud.click(Self.stop(), on: message)
            #expect(outcome.error == nil)
            #expect(!outcome.changedCard)
        }
    }

    @Test("the click's credential changes the card twice within thirty minutes, once the callback was answered")
    func delayedUpdate() async throws {
        let tokens = NIOLockedValueBox<[String]>([])
        let time = TestTime()
        try await Self.with(
            { event in
                if let token = event["event"]?["token"]?.string { tokens.withLockedValue { $0.append(token) } }
                return (200, "{}")
            },
            time: time.cloudTime
        ) { sandbox, message, _ in
            _ = try await sandbox.cloud.click(Self.stop(), on: message)
            _ = try await sandbox.cloud.click(Self.stop(), on: message)
            let clicks = tokens.withLockedValue { $0 }
            func update(_ click: String, _ text: String, card: JSONValue? = nil) async throws -> Int64? {
                let body: JSONValue = [
                    "token": .string(click), "card": card ?? RunningSandbox.card(text: text, streams: false),
                ]
                let token = try await sandbox.token()
                return try await sandbox.call("POST", "/open-apis/interactive/v1/card/update", body, token: token).code
            }
            #expect(try await update(clicks[0], "one") == 0)
            #expect(try await update(clicks[0], "", card: ["elements": []]) == 200_830)
            #expect(try await update(clicks[0], "two") == 0)
            #expect(try await update(clicks[0], "three") == 300_040)
            #expect(try await update("c-unknown", "x") == 300_020)
            time.advance(.seconds(1800))
            #expect(try await update(clicks[1], "late") == 300_030)
            let read = try await sandbox.call(
                "GET",
                "/open-apis/im/v1/messages/\(message)?card_msg_content_type=user_card_content",
                token: try await sandbox.token()
            )
            #expect(read.json["data"]?["items"]?.array?.first?["body"]?["content"]?.string?.contains("\"two\"") == true)
        }
    }
}
