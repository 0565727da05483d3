import JSON
import NIOConcurrencyHelpers
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("What people talk about with the bot")
    struct TurnTests {
        private static func answer(_ request: FakeModelRequest) -> FakeModelAnswer {
            let text = request.text
            if text.hasPrefix("wait") {
                let pause: Duration = text.hasPrefix("wait long") ? .milliseconds(4_300) : .milliseconds(400)
                return FakeModelAnswer(tokens: ["Waited."], firstAfter: pause)
            }
            return .text("Answer to \(text).")
        }

        /// What the model was told, but for what it is told to be.
        private static func told(_ model: FakeModelServer, _ last: String) -> [String] {
            let request = model.tally.requests.last { $0.text == last }
            return (request?.messages.dropFirst() ?? []).compactMap { $0["content"]?.string }
        }

        @Test("is remembered until they begin anew; what they write in between, change or take back is followed")
        func turns() async throws {
            try await AssistantSystem.with(model: Self.answer) { system, model in
                // Takes longest, so it begins first.
                let changing = try await changes(system)
                try await history(system, model)
                try await burst(system, model)
                try await late(system, model)
                try await changed(changing, system, model)
                #expect(try await system.settled().dead == 0)
            }
        }

        private func history(_ system: AssistantSystem, _ model: FakeModelServer) async throws {
            func say(_ text: String) async throws -> String {
                let message = try await system.sandbox.say(text)
                let reply = try await system.sandbox.wholeReply(to: message.messageID)
                // What is said is remembered right after it is shown.
                try await eventually("the turn is over") {
                    try await system.sandbox.emoji(on: message.messageID).isEmpty
                }
                return reply.text
            }
            _ = try await say("My cat is Kimi.")
            _ = try await say("Who is my cat?")
            #expect(
                Self.told(model, "Who is my cat?")
                    == ["My cat is Kimi.", "Answer to My cat is Kimi..", "Who is my cat?"]
            )
            #expect(try await say("/new") == "All right, we begin anew.")
            _ = try await say("And who is my dog?")
            #expect(Self.told(model, "And who is my dog?") == ["And who is my dog?"])
        }

        private func burst(_ system: AssistantSystem, _ model: FakeModelServer) async throws {
            let first = try await system.sandbox.say("wait", as: "Li Lei")
            try await eventually("the model is asked") { Self.told(model, "wait") == ["wait"] }
            var burst: [SandboxControl.Utterance] = []
            for number in 1...3 {
                let part = try await system.sandbox.say("part \(number)", as: "Li Lei")
                _ = try await system.sandbox.statuses(of: try #require(part.eventID), count: 1)
                burst.append(part)
            }
            let reply = try await system.sandbox.wholeReply(to: burst[2].messageID)
            #expect(reply.text.contains("Answer to part 1\npart 2\npart 3."))
            #expect(try await system.sandbox.replies(to: first.messageID).count == 1)
            for part in burst.dropLast() {
                #expect(try await system.sandbox.replies(to: part.messageID).isEmpty)
                try await eventually("no emoji is left") {
                    try await system.sandbox.emoji(on: part.messageID).isEmpty
                }
            }
        }

        /// An event of days ago, which an outage held back.
        private func late(_ system: AssistantSystem, _ model: FakeModelServer) async throws {
            let aside = try await system.sandbox.say("Still there?", in: "Team", mentioningBot: false)
            let event = try await system.sandbox.raise(
                "im.message.receive_v1",
                MessageEvent(aside, text: "Still there?").json
            )
            #expect(try await system.sandbox.statuses(of: event, count: 1) == [200])
            let reply = try await system.sandbox.wholeReply(to: aside.messageID)
            #expect(reply.text.contains("Answer to Still there?"))
            #expect(reply.text.contains("A late answer: the message was sent "))
        }

        private typealias Changing = (waiting: SandboxControl.Utterance, edited: [SandboxControl.Utterance])

        /// Three messages wait; one is edited and one taken back, and so is one that is being answered elsewhere.
        private func changes(_ system: AssistantSystem) async throws -> Changing {
            let waiting = try await system.sandbox.say("wait long", as: "Han")
            var edited: [SandboxControl.Utterance] = []
            for text in ["rain", "gone", "snow"] {
                let message = try await system.sandbox.say(text, as: "Han")
                _ = try await system.sandbox.statuses(of: try #require(message.eventID), count: 1)
                edited.append(message)
            }
            try await system.sandbox.edit(edited[0].messageID, to: "sun")
            try await system.sandbox.recall(edited[1].messageID)
            return (waiting, edited)
        }

        private func changed(
            _ changing: Changing,
            _ system: AssistantSystem,
            _ model: FakeModelServer
        ) async throws {
            let reply = try await system.sandbox.wholeReply(to: changing.edited[2].messageID)
            #expect(reply.text.contains("Answer to sun\nsnow."))
            #expect(Self.told(model, "sun\nsnow") == ["wait long", "Waited.", "sun\nsnow"])
            #expect(try await system.sandbox.replies(to: changing.edited[1].messageID).isEmpty)

            // What is taken back while it is answered is not answered, and forgotten.
            let cut = model.tally.broken
            let doomed = try await system.sandbox.say("wait long, please", as: "Noor")
            try await eventually("the model is asked") { !Self.told(model, "wait long, please").isEmpty }
            try await system.sandbox.recall(doomed.messageID)
            try await eventually("the stream is cut") { model.tally.broken == cut + 1 }
            try await system.settled()
            #expect(try await system.sandbox.replies(to: doomed.messageID).isEmpty)
            let next = try await system.sandbox.say("hello", as: "Noor")
            _ = try await system.sandbox.wholeReply(to: next.messageID)
            #expect(Self.told(model, "hello") == ["hello"])
        }
    }
}
