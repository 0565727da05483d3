import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Events delivered more than once")
    struct DuplicateDeliveryTests {
        @Test("fifty deliveries at once, more afterwards and the same message as another event make one answer")
        func answeredOnce() async throws {
            try await AssistantSystem.with(.init(workers: 2)) { system in
                let message = try await system.sandbox.say("What can you do?", copies: 50)
                let eventID = try #require(message.eventID)
                let statuses = try await system.sandbox.statuses(of: eventID, count: 50)
                #expect(statuses == Array(repeating: 200, count: 50))
                _ = try await system.sandbox.reply(to: message.messageID)

                try await system.sandbox.redeliver(eventID, copies: 10)
                _ = try await system.sandbox.statuses(of: eventID, count: 60)
                let other = try await system.sandbox.raise(
                    "im.message.receive_v1",
                    MessageEvent(message, text: "What can you do?").json
                )
                #expect(try await system.sandbox.statuses(of: other, count: 1) == [200])

                let census = try await system.settled()
                #expect(census.dead == 0)
                #expect(try await system.storedEvents() == 1)
                #expect(try await system.deliveries("duplicate") == 60)
                #expect(try await system.sandbox.sendings().map(\.outcome) == ["sent"])
            }
        }
    }
}
