import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("From a person's message to the reply")
    struct ConversationTests {
        @Test("a message comes in signed and encrypted, and its answer is posted")
        func message() async throws {
            try await AssistantSystem.with { system in
                let message = try await system.sandbox.say("What can you do?")
                let reply = try await system.sandbox.reply(to: message.messageID)
                #expect(!reply.text.isEmpty)
                let eventID = try #require(message.eventID)
                #expect(try await system.sandbox.statuses(of: eventID) == [200])
                let census = try await system.settled()
                #expect(census.dead == 0)
                #expect(try await system.sandbox.replies(to: message.messageID) == [reply])
                #expect(try await system.storedEvents() == 1)
            }
        }

        @Test("a transcript becomes minutes with its decisions and who does what", arguments: ["en", "zh-CN"])
        func transcript(language: String) async throws {
            try await AssistantSystem.with { system in
                let transcript = try await system.sandbox.sampleTranscript(language: language)
                let message = try await system.sandbox.say(transcript)
                let reply = try await system.sandbox.reply(to: message.messageID)
                #expect(reply.text.contains(language == "en" ? "Action items" : "待办"), "\(reply.text)")
                #expect(reply.text.contains(language == "en" ? "Decisions" : "决"), "\(reply.text)")
                // Each line links to where it was said; the words alone are fewer than those of the meeting.
                let words = reply.text.replacing(/\]\(http[^)]*\)/, with: "]")
                #expect(words.utf8.count < transcript.utf8.count, "\(words)")
                #expect(try await system.settled().dead == 0)
            }
        }

        @Test("a group's message is answered when it mentions the bot, and only then")
        func group() async throws {
            try await AssistantSystem.with { system in
                let aside = try await system.sandbox.say("Lunch at noon?", in: "Team", mentioningBot: false)
                // An app with the permission to read all of a group is told of it nevertheless.
                let event = try await system.sandbox.raise(
                    "im.message.receive_v1",
                    MessageEvent(aside, text: "Lunch at noon?", chatType: "group").json
                )
                #expect(try await system.sandbox.statuses(of: event, count: 1) == [200])
                let question = try await system.sandbox.say("What can you do?", in: "Team")
                _ = try await system.sandbox.reply(to: question.messageID)
                try await system.settled()
                #expect(try await system.sandbox.replies(to: aside.messageID).isEmpty)
                #expect(try await system.sandbox.replies(to: question.messageID).count == 1)
            }
        }

        @Test("messages that follow each other quickly are answered in their order, chat by chat")
        func order() async throws {
            var options = AssistantSystem.Options()
            options.workers = 2
            try await AssistantSystem.with(options) { system in
                // Slower than they are asked, so that there is somebody to overtake.
                try await system.sandbox.inject([
                    "kind": "latency", "path": "/reply", "count": 100, "milliseconds": 100,
                ])
                var said: [String: [String]] = [:]
                for number in 1...8 {
                    for user in ["Maya", "Li Lei", "Han"] {
                        let message = try await system.sandbox.say("Question \(number)?", as: user)
                        // The order is that of arrival, and the next one could arrive first.
                        let event = try #require(message.eventID)
                        #expect(try await system.sandbox.statuses(of: event, count: 1) == [200])
                        said[user, default: []].append(message.messageID)
                    }
                }
                let census = try await system.settled()
                #expect(census == QueueCensus(workers: census.workers))
                // What waited together is answered together, with the last of it.
                let answered = try await system.sandbox.sendings().compactMap(\.parentID)
                for messages in said.values {
                    let mine = answered.filter(messages.contains)
                    #expect(mine == messages.filter(mine.contains))
                    #expect(mine.first == messages.first && mine.last == messages.last)
                }
            }
        }

        @Test("an event of schema 1.0 goes through the queue")
        func firstSchema() async throws {
            try await AssistantSystem.with { system in
                let event = try await system.sandbox.raise(
                    "p2p_chat_create",
                    ["chat_id": "oc_00000000000000000000000000000000", "user": ["open_id": "ou_1", "name": "Maya"]],
                    schema: "1.0"
                )
                #expect(try await system.sandbox.statuses(of: event, count: 1) == [200])
                #expect(try await system.deliveries("stored") == 1)
                #expect(try await system.settled().dead == 0)
            }
        }

        @Test("an event of an unknown type is acknowledged and goes nowhere")
        func unknownType() async throws {
            var options = AssistantSystem.Options()
            options.workers = 0
            try await AssistantSystem.with(options) { system in
                let event = try await system.sandbox.raise("acme.future.thing_happened_v9", ["thing": 1])
                #expect(try await system.sandbox.statuses(of: event, count: 1) == [200])
                #expect(try await system.deliveries("ignored") == 1)
                #expect(try await system.census() == QueueCensus())
            }
        }
    }
}
