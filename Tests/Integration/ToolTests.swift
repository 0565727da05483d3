import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Tools of a model")
    struct ToolTests {
        /// Calls the tool that the person names, and answers with what it returned.
        private static func model(_ request: FakeModelRequest) -> FakeModelAnswer {
            if request.messages.last?["role"]?.string == "tool" { return .text("The tool said: \(request.text)") }
            guard let name = request.text.split(separator: " ").last.map(String.init) else { return .text("What?") }
            return .calling(.init(id: "call_1", name: name, arguments: #"{"text":"the old plan"}"#))
        }

        @Test("are offered and called over both transports, and what they return is used")
        func calls() async throws {
            try await ToolBench.with { bench, settings in
                try await AssistantSystem.with(model: Self.model, .init(settings: settings)) { system, model in
                    for name in ["local__lookup", "remote__lookup"] {
                        let message = try await system.sandbox.say("Please use \(name)", as: name)
                        let reply = try await system.onlyReply(to: message.messageID)
                        #expect(reply.text.contains("The tool said: "), "\(reply.text)")
                    }
                    let requests = model.tally.requests
                    let offered = requests[0].body["tools"]?.array?.compactMap { $0["function"]?["name"]?.string }
                    #expect(offered == ["local__lookup", "local__erase", "remote__lookup", "remote__erase"])
                    let told = requests.filter { $0.messages.last?["role"]?.string == "tool" }.map(\.text)
                    #expect(
                        told
                            == ["local", "remote"].map {
                                "<tool_result tool=\"\($0)__lookup\">\nthe old plan\n</tool_result>"
                            }
                    )
                    #expect(bench.calls == ["stdio lookup", "http lookup"])
                }
            }
        }

        @Test("that are sensitive wait for the click of the person who asked, and run once, or never")
        func sensitive() async throws {
            try await ToolBench.with { bench, settings in
                try await AssistantSystem.with(model: Self.model, .init(workers: 2, settings: settings)) { system, _ in
                    let sandbox = system.sandbox
                    // One is marked by its server, the other by the configuration.
                    for (name, isApproved) in [
                        ("local__erase", true), ("remote__erase", true), ("remote__erase", false),
                    ] {
                        let before = bench.calls
                        let message = try await sandbox.say("Please use \(name)", in: "Team")
                        let card = try await system.onlyReply(to: message.messageID)
                        #expect(
                            card.text.contains("need your word") && card.text.contains("the old plan"),
                            "\(card.text)"
                        )
                        #expect(bench.calls == before)

                        _ = try await sandbox.click(elementID: "approve", on: card.messageID, as: "Somebody")
                        try await system.settled()
                        #expect(bench.calls == before)
                        #expect(try await sandbox.replies(to: message.messageID).count == 1)

                        let button = isApproved ? "approve" : "deny"
                        async let once = sandbox.click(elementID: button, on: card.messageID)
                        async let twice = sandbox.click(elementID: button, on: card.messageID)
                        _ = try await (once, twice)
                        try await eventually("the answer") {
                            try await sandbox.replies(to: message.messageID).count == 2
                        }
                        // The first word counts: the card asks no more.
                        let other = isApproved ? "deny" : "approve"
                        await #expect(throws: (any Error).self) {
                            try await sandbox.click(elementID: other, on: card.messageID)
                        }
                        try await system.settled()
                        let replies = try await sandbox.replies(to: message.messageID)
                        let words = isApproved ? "erased the old plan" : "declined this call"
                        #expect(replies.count == 2 && replies.contains { $0.text.contains(words) }, "\(replies)")
                        let place = name.hasPrefix("local") ? "stdio" : "http"
                        #expect(bench.calls == before + (isApproved ? ["\(place) erase"] : []))
                    }
                }
            }
        }
    }
}
