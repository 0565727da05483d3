import Foundation
import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("What sets plugins off, in the whole system")
    struct PluginTriggerTests {
        private static let joined = "im.chat.member.user.added_v1"
        private static let served = "ou_00000000000000000000000000000001"

        private static func event(in chat: String, by person: String = served) -> JSONValue {
            [
                "chat_id": .string(chat), "name": "Falcon", "operator_id": ["open_id": .string(person)],
                "users": [["name": "Bo", "user_id": ["open_id": "ou_00000000000000000000000000000002"]]],
            ]
        }

        @Test("an event calls the plugin that waits for it, once, with what its permissions name, and of those served")
        func events() async throws {
            let manifest: JSONObject = [
                "name": "greeter", "permissions": ["message.chat"],
                "triggers": [["type": "event", "event_types": [.string(Self.joined)]]],
            ]
            try await AuthoredPlugin.with(manifest, answering: { _ in ["reply_message": "Welcome!"] }) { plugin in
                let settings = AuthoredPlugin.settings.merging(["ASSISTANT_ALLOWED_USERS": Self.served]) { $1 }
                try await AssistantSystem.with(.init(workers: 2, settings: settings)) { system in
                    try await plugin.install(on: system, workers: 2)
                    let chat = try await system.sandbox.makeGroup("Falcon")
                    let elsewhere = try await system.sandbox.makeGroup("Heron")
                    let other = Self.event(in: elsewhere, by: "ou_00000000000000000000000000000003")
                    _ = try await system.sandbox.raise(Self.joined, other)
                    _ = try await system.sandbox.raise("im.chat.updated_v1", Self.event(in: chat))
                    let event = try await system.sandbox.raise(Self.joined, Self.event(in: chat))
                    try await eventually("the welcome") {
                        try await system.said(in: chat).contains { $0.contains("Welcome!") }
                    }
                    try await system.sandbox.redeliver(event, copies: 5)
                    try await system.settled()
                    #expect(try await system.said(in: chat).count { $0.contains("Welcome!") } == 1)
                    let call = try #require(plugin.calls.first)
                    #expect(plugin.calls.count == 1)
                    #expect(call["trigger"] == ["type": "event", "name": .string(Self.joined)])
                    #expect(call["event"] == ["type": .string(Self.joined), "body": ["chat_id": .string(chat)]])
                    #expect(call["chat"]?["id"]?.string == chat)
                    #expect(call["sender"] == nil && call["message_content"] == nil)
                }
            }
        }

        /// A minute ago, as cron has it in UTC: a starting worker makes up for what is less than half an hour ago.
        private static var justNow: String {
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = .gmt
            let parts = calendar.dateComponents([.hour, .minute], from: Date(timeIntervalSinceNow: -60))
            return "\(parts.minute ?? 0) \(parts.hour ?? 0) * * *"
        }

        @Test("a time calls the plugin once though two workers run, and a third starts; the answer goes to its chat")
        func times() async throws {
            let settings = AuthoredPlugin.settings.merging(["ASSISTANT_TIME_ZONE": "UTC"]) { $1 }
            try await AssistantSystem.with(.init(workers: 0, settings: settings)) { system in
                let chat = try await system.sandbox.makeGroup("Team")
                let manifest: JSONObject = [
                    "name": "morning", "permissions": [],
                    "triggers": [
                        [
                            "type": "schedule", "name": "report", "cron": .string(Self.justNow),
                            "chat_ids": [.string(chat)],
                        ]
                    ],
                ]
                try await AuthoredPlugin.with(manifest, answering: { _ in ["reply_message": "Good morning"] }) {
                    plugin in
                    try await plugin.install(on: system, workers: 0)
                    for _ in 0..<2 { _ = try system.startWorker() }
                    try await eventually("it is said") {
                        try await system.said(in: chat).contains { $0.contains("Good morning") }
                    }
                    try await system.startWorker().says(#""message":"plugins are as installed""#)
                    try await system.settled()
                    #expect(try await system.said(in: chat).count { $0.contains("Good morning") } == 1)
                    #expect(plugin.calls.count == 1)
                    let call = try #require(plugin.calls.first)
                    #expect(call["trigger"] == ["type": "schedule", "name": "report"])
                    #expect(call["schedule"]?["name"] == "report")
                    #expect(call["schedule"]?["at"]?.string?.hasSuffix(":00Z") == true)
                    #expect(call["chat"] == nil)
                }
            }
        }

        private static let tool: JSONObject = [
            "name": "climate", "permissions": [],
            "triggers": [
                [
                    "type": "tool", "name": "current", "description": "The weather now",
                    "parameters": [
                        "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
                    ],
                ]
            ],
        ]

        @Test("a model calls a plugin's tool with its arguments and answers with the result; wrong ones are refused")
        func tools() async throws {
            let model: FakeModelServer.Answering = { request in
                let isAnswered = request.messages.last?["role"]?.string == "tool"
                if isAnswered { return .text("The tool said: \(request.text)") }
                let arguments = request.text.contains("wrongly") ? #"{"city": 7}"# : #"{"city": "Oslo"}"#
                return .calling(.init(id: "call_1", name: "plugins__climate_current", arguments: arguments))
            }
            let answering: AuthoredPlugin.Answering = { call in
                let city = call["tool"]?["arguments"]?["city"]?.string ?? "nowhere"
                return ["tool_result": ["text": .string("20 degrees in \(city)"), "is_error": false]]
            }
            try await AuthoredPlugin.with(Self.tool, answering: answering) { plugin in
                try await AssistantSystem.with(model: model, .init(settings: AuthoredPlugin.settings)) {
                    system,
                    server in
                    try await plugin.install(on: system, workers: 1)
                    let message = try await system.sandbox.say("What is the weather?")
                    let reply = try await system.onlyReply(to: message.messageID)
                    #expect(reply.text.contains("20 degrees in Oslo"), "\(reply.text)")
                    let offered = server.tally.requests.first?.body["tools"]?.array?[0]["function"]
                    #expect(offered?["name"] == "plugins__climate_current")
                    #expect(offered?["parameters"]?["required"] == ["city"])

                    let wrong = try await system.sandbox.say("Ask it wrongly", as: "Ann")
                    let refusal = try await system.onlyReply(to: wrong.messageID)
                    #expect(refusal.text.contains("/city"), "\(refusal.text)")
                    #expect(plugin.calls.count == 1)
                    #expect(plugin.calls.first?["tool"] == ["name": "current", "arguments": ["city": "Oslo"]])
                    #expect(plugin.calls.first?["sender"] == nil)
                }
            }
        }

        @Test("a chat whose profile does not name a plugin has nothing of it: no command, no words, no tool, no event")
        func unnamed() async throws {
            let manifest: JSONObject = [
                "name": "climate",
                "triggers": [
                    ["type": "command", "name": "climate"], ["type": "keyword", "words": ["Oslo"]],
                    ["type": "tool", "name": "current", "description": "The weather now"],
                    ["type": "event", "event_types": [.string(Self.joined)]],
                ],
            ]
            let settings = AuthoredPlugin.settings.merging(["PROFILE_PLUGINS": "tickets,calendar"]) { $1 }
            try await AuthoredPlugin.with(manifest, answering: { _ in ["reply_message": "20 degrees"] }) { plugin in
                try await AssistantSystem.with(model: { .text("I was asked: \($0.text)") }, .init(settings: settings)) {
                    system,
                    server in
                    try await plugin.install(on: system, workers: 1)
                    for (person, words) in [("Ann", "/climate Oslo"), ("Bo", "How is Oslo?")] {
                        let message = try await system.sandbox.say(words, as: person)
                        let reply = try await system.onlyReply(to: message.messageID)
                        #expect(reply.text.contains("I was asked"), "\(reply.text)")
                    }
                    let chat = try await system.sandbox.makeGroup("Falcon")
                    _ = try await system.sandbox.raise(Self.joined, Self.event(in: chat))
                    try await system.settled()
                    #expect(server.tally.requests.count >= 2)
                    #expect(server.tally.requests.allSatisfy { $0.body["tools"] == nil })
                    #expect(plugin.calls.isEmpty)
                }
            }
        }

        @Test("a service is called with signatures that hold, and with another secret it is not installed")
        func signatures() async throws {
            let manifest: JSONObject = ["name": "echo"]
            let answering: AuthoredPlugin.Answering = { ["reply_message": $0["message_content"] ?? .null] }
            try await AuthoredPlugin.with(manifest, answering: answering) { plugin in
                try await TemporaryFolder.with { folder in
                    try await AssistantSystem.with(.init(settings: AuthoredPlugin.settings)) { system in
                        func install(signingWith secret: String) async throws -> ProgramProcess.Outcome {
                            try folder.write(secret, to: "secret.txt")
                            return try await ProgramProcess.run(
                                "ai-assistant",
                                ["plugins", "install", "--url", plugin.url]
                                    + ["--secret-file", folder.path + "/secret.txt"],
                                environment: system.environment
                            )
                        }
                        let refused = try await install(signingWith: "another secret of 24 bytes")
                        #expect(refused.ending != .exited(0))
                        #expect(refused.errors.contains("401"), "\(refused.errors)")
                        #expect(plugin.forged > 0)
                        let before = plugin.forged
                        let installed = try await install(signingWith: AuthoredPlugin.secret)
                        #expect(installed.ending == .exited(0), "\(installed.errors)")
                        try await eventually("the worker knows it") {
                            let message = try await system.sandbox.say("/echo hello")
                            return try await system.onlyReply(to: message.messageID).text == "hello"
                        }
                        #expect(plugin.forged == before)
                    }
                }
            }
        }

        @Test("a service that is down is told of, left alone after some failures, and answers again once it is back")
        func circuit() async throws {
            let answering: AuthoredPlugin.Answering = { ["reply_message": $0["message_content"] ?? .null] }
            try await AuthoredPlugin.with(["name": "echo"], answering: answering) { plugin in
                try await AssistantSystem.with(.init(settings: AuthoredPlugin.settings)) { system in
                    try await plugin.install(on: system, workers: 1)
                    func reply(_ number: Int) async throws -> String {
                        let message = try await system.sandbox.say("/echo \(number)", as: "Person \(number)")
                        return try await system.sandbox.wholeReply(to: message.messageID).text
                    }
                    #expect(try await reply(0) == "0")
                    plugin.turn(down: true)
                    for number in 1...5 { #expect(try await reply(number).contains("cannot be reached now")) }
                    #expect(try await reply(6).contains("left alone for a while"))
                    plugin.turn(down: false)
                    var number = 6
                    try await eventually("it answers again", within: .seconds(45)) {
                        number += 1
                        return try await reply(number) == "\(number)"
                    }
                }
            }
        }
    }
}
