import Foundation
import JSON
import NIOConcurrencyHelpers
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Models, what they cost, and what they are told")
    struct ProviderTests {
        /// How the first model does.
        private enum Health { case well, down, misconfigured }

        private static func answer(_ name: String, _ health: NIOLockedValueBox<Health>) -> FakeModelServer.Answering {
            { request in
                switch health.withLockedValue({ $0 }) {
                case .well:
                    var answer = FakeModelAnswer(tokens: ["\(name) ", "answers ", "\(request.text)."])
                    answer.promptTokens = 100
                    return answer
                case .down: return .failing(.status(500, code: "server_error"))
                case .misconfigured: return .failing(.status(400, code: "invalid_request_error"))
                }
            }
        }

        private static func configuration(
            _ first: String,
            _ second: String,
            prompt: String,
            allowing chat: String? = nil
        ) -> String {
            """
            llm:
              providers:
                - {kind: openai, name: first, base_url: "\(first)", model: model-a, input_price: 10, output_price: 20}
                - {kind: openai, name: second, base_url: "\(second)", model: model-b}
              circuit: {failures: 50}
              budgets: {user_tokens: 500}
            assistant:
              prompt: \(prompt)
            """ + (chat.map { "\n  allowed_chats: [\($0)]\n" } ?? "")
        }

        private static func rules(_ chat: String) -> String {
            """
            rules:
              - name: gist
                on: {event: im.chat.updated_v1}
                steps:
                  - ask: {prompt: "The gist of {{/event/text}}"}
                  - say: {chat: \(chat), text: "{{previous}}"}
            """
        }

        @Test("the next model steps in, failures are told once in plain words, and all that is spent counts")
        func providers() async throws {
            let (healthOfFirst, healthOfSecond) = (NIOLockedValueBox(Health.well), NIOLockedValueBox(Health.well))
            try await FakeModelServer.with(answering: Self.answer("First", healthOfFirst)) { first in
                try await FakeModelServer.with(answering: Self.answer("Second", healthOfSecond)) { second in
                    let file = try SharedFile(Self.configuration(first.url, second.url, prompt: "Be brief."))
                    let rules = try SharedFile("rules: []", name: "rules")
                    let options = AssistantSystem.Options(
                        workers: 0,
                        settings: ["AI_ASSISTANT_CONFIG": file.path, "AUTOMATION_RULES_FILE": rules.path]
                    )
                    try await AssistantSystem.with(options) { system in
                        let aside = try await system.sandbox.say("psst", as: "Ops", in: "Ops", mentioningBot: false)
                        try rules.write(Self.rules(aside.chatID))
                        try await system.startWorker().says(#""message":"worker registered""#)

                        #expect(try await ask("one", system) == ["First answers one.", "model-a"])
                        healthOfFirst.withLockedValue { $0 = .down }
                        #expect(try await ask("two", system) == ["Second answers two.", "model-b"])
                        healthOfFirst.withLockedValue { $0 = .misconfigured }
                        healthOfSecond.withLockedValue { $0 = .misconfigured }
                        try await bothDown(system)
                        healthOfFirst.withLockedValue { $0 = .well }
                        try await usage(system, aside.chatID)
                        try await budget(system)
                        let chat = aside.chatID
                        try file.write(
                            Self.configuration(first.url, second.url, prompt: "Be kind.", allowing: chat)
                        )
                        try await reloaded(system, first)
                    }
                }
            }
        }

        /// What somebody is answered, and by which model.
        private func ask(_ text: String, as user: String = "Maya", _ system: AssistantSystem) async throws -> [String] {
            let message = try await system.sandbox.say(text, as: user)
            let reply = try await system.sandbox.wholeReply(to: message.messageID)
            let card = try await system.sandbox.card(shownIn: reply.messageID)
            let model = card.note?.components(separatedBy: " · ").first?.components(separatedBy: ">").last
            return [card.answer ?? "", model ?? ""]
        }

        private func bothDown(_ system: AssistantSystem) async throws {
            let message = try await system.sandbox.say("three", as: "Li Lei")
            let reply = try await system.sandbox.wholeReply(to: message.messageID)
            let card = try await system.sandbox.card(shownIn: reply.messageID)
            try await eventually("the dead letter") { try await system.settled().dead == 1 }
            let dead = try await system.table("dead", "list", "interactive")
            let task = try #require(dead.first?["id"]?.string)
            #expect(
                card.note?.contains(
                    "Sorry, the model is not set up correctly. Please tell your administrator. (Reference: \(task))"
                ) == true,
                "\(card.note ?? "")"
            )
            #expect(card.buttons == ["regenerate"])
            #expect(try await system.sandbox.replies(to: message.messageID).count == 1)
        }

        /// Answers, minutes and rules are in the same books, by whom they were for.
        private func usage(_ system: AssistantSystem, _ chat: String) async throws {
            let maya = try await system.sandbox.openID(of: "Maya")
            let transcript = try await system.sandbox.say("/minutes\nAlice: I will finish by Wednesday.\nBob: Good.")
            _ = try await system.sandbox.minutes(for: transcript.messageID)
            _ = try await system.sandbox.raise("im.chat.updated_v1", ["text": "everything", "chat_id": .string(chat)])
            try await eventually("the rule's word") {
                try await system.sandbox.said(in: chat).contains { $0.text.contains("First answers The gist") }
            }
            let told = try await system.sandbox.say("/usage")
            let reply = try await system.sandbox.wholeReply(to: told.messageID)
            // Two answers, and of the minutes the facts and their repair, of 103 tokens each.
            #expect(reply.text.contains("Today: 4 requests, 412 tokens"), "\(reply.text)")
            #expect(reply.text.contains("Left of your budget today: 88 tokens"), "\(reply.text)")
            let users = try await system.table("usage", "--by", "user")
            #expect(users.map { $0["user"]?.string } == [maya] && users.first?["requests"] == 4)
            let models = try await system.table("usage", "--by", "model")
            #expect(Set(models.compactMap { $0["model"]?.string }) == ["first", "second"])
            let requests = Dictionary(
                uniqueKeysWithValues: models.map { ($0["model"]?.string ?? "", $0["requests"]?.integer ?? 0) }
            )
            #expect(requests == ["first": 4, "second": 1])
            let chats = try await system.table("usage", "--by", "chat")
            #expect(chats.first { $0["chat"]?.string == chat }?["requests"] == 1)
            #expect(models.first { $0["model"] == "first" }?["cost"]?.double ?? 0 > 0)
        }

        private func budget(_ system: AssistantSystem) async throws {
            // What is under way may go beyond the budget.
            #expect(try await ask("four", system)[0] == "First answers four.")
            let refused = try await system.sandbox.say("five")
            let reply = try await system.sandbox.wholeReply(to: refused.messageID)
            #expect(reply.text.contains("your 500 tokens of today are spent."), "\(reply.text)")
            #expect(reply.text.contains("after midnight (UTC+8)"))
            #expect(try await ask("five", as: "Han", system)[0] == "First answers five.")
        }

        /// The file's new prompt and its list of chats, without a restart.
        private func reloaded(_ system: AssistantSystem, _ model: FakeModelServer) async throws {
            let prompts = { model.tally.requests.compactMap { $0.messages.first?["content"]?.string } }
            #expect(prompts().first?.hasPrefix("Be brief.") == true)
            try await system.workers[0].says("the assistant's settings were read again")
            let group = try await system.sandbox.say("six", as: "Noor", in: "Ops")
            _ = try await system.sandbox.wholeReply(to: group.messageID)
            #expect(prompts().last?.hasPrefix("Be kind.") == true)
            let direct = try await system.sandbox.say("seven", as: "Noor")
            let refusal = try await system.sandbox.wholeReply(to: direct.messageID)
            #expect(refusal.text == "You are not allowed to use me yet. Please ask your administrator.")
        }
    }
}
