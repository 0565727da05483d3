import Foundation
import HTTP
import HTTPClient
import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Cards of answers")
    struct AnswerCardTests {
        private static let words = (1...11).map { "word \($0) " }

        /// Chapters of about three kilobytes, each with a code block, some with a table.
        private static func book(_ chapters: Int) -> [String] {
            (1...chapters).map { number in
                let paragraphs = (1...6).map {
                    "Paragraph \($0) of \(number). " + String(repeating: "So it is. ", count: 40)
                }
                let table = "| a | b |\n| --- | --- |\n| \(number) | x |"
                let code = "```swift\nlet chapter = \(number)\n\nprint(chapter)\n```"
                // A card takes three tables.
                let blocks = number % 9 == 1 ? [table, code] : [code]
                return "## Chapter \(number)\n\n" + (paragraphs + blocks).joined(separator: "\n\n") + "\n\n"
            }
        }

        private static func answer(_ request: FakeModelRequest) -> FakeModelAnswer {
            switch request.text {
            case "slow": FakeModelAnswer(tokens: words, firstAfter: .milliseconds(100), pace: .milliseconds(500))
            case "brief": FakeModelAnswer(tokens: words, firstAfter: .milliseconds(100), pace: .milliseconds(150))
            case "long": FakeModelAnswer(tokens: book(20))
            case "book": FakeModelAnswer(tokens: book(120))
            default: .text("Hello.")
            }
        }

        @Test("type while the model writes, take long texts on several cards, and leave nobody with a part")
        func cards() async throws {
            try await AssistantSystem.with(model: Self.answer) { system, _ in
                let watch = PageWatch()
                try await watch.listening(to: system) {
                    let slow = try await system.sandbox.say("slow")
                    try await long(system)
                    try await veryLong(system)
                    try await pointing(system)
                    try await growing(slow, system, watch)
                }
                #expect(try await system.settled().dead == 0)
            }
        }

        private func growing(
            _ asked: SandboxControl.Utterance,
            _ system: AssistantSystem,
            _ watch: PageWatch
        ) async throws {
            let reply = try await system.sandbox.wholeReply(to: asked.messageID)
            // All of the text so far each time, and each time a later one.
            let pieces = watch.pieces(in: reply.messageID)
            let whole = Self.words.joined()
            #expect(pieces.count >= 2)
            #expect(pieces.allSatisfy { whole.hasPrefix($0.text) })
            for (earlier, later) in zip(pieces, pieces.dropFirst()) {
                #expect(earlier.sequence < later.sequence && earlier.text.count < later.text.count)
            }
            // The card is closed first, and shows the end then.
            try await eventually("the end") {
                try await system.sandbox.card(shownIn: reply.messageID).answer == whole
            }
            let card = try await system.sandbox.card(shownIn: reply.messageID)
            #expect(card.note?.contains("fake-model · ") == true && card.note?.contains(" s<") == true)
            #expect(card.buttons == ["regenerate", "useful", "useless"])
            #expect(try await system.sandbox.replies(to: asked.messageID).count == 1)
            #expect(watch.emoji(on: asked.messageID) == ["OnIt"])
            try await eventually("the emoji is gone") {
                try await system.sandbox.emoji(on: asked.messageID).isEmpty
            }
            let calls = try await system.sandbox.callsByAnswer()[asked.messageID]
            #expect(calls.map { $0 <= 12 } == true, "\(calls ?? -1) calls")
        }

        /// Cut at headings and paragraphs, never in a table or a code block.
        private func long(_ system: AssistantSystem) async throws {
            let asked = try await system.sandbox.say("long", as: "Li Lei")
            var replies: [SandboxControl.Reply] = []
            try await eventually("all pages") {
                replies = try await system.sandbox.replies(to: asked.messageID)
                return replies.last?.text.contains("Chapter 20") == true
            }
            #expect((2...5).contains(replies.count) && replies.allSatisfy { $0.type == "interactive" })
            var chapters: [String] = []
            for (number, reply) in replies.enumerated() {
                let card = try await system.sandbox.card(shownIn: reply.messageID)
                let text = try #require(card.answer)
                #expect(text.components(separatedBy: "```").count % 2 == 1, "a page ends in a code block")
                #expect(text.contains("| --- | --- |") == text.contains("| x |"))
                #expect(reply.text.contains("Page \(number + 1) of \(replies.count)"))
                #expect(card.buttons.isEmpty == (number < replies.count - 1))
                chapters += text.components(separatedBy: "\n").filter { $0.hasPrefix("## ") }
            }
            #expect(chapters == (1...20).map { "## Chapter \($0)" })
        }

        private func veryLong(_ system: AssistantSystem) async throws {
            let asked = try await system.sandbox.say("book", as: "Han")
            var file: SandboxControl.Reply?
            try await eventually("the file") {
                file = try await system.sandbox.replies(to: asked.messageID).first { $0.type == "file" }
                return file != nil
            }
            let replies = try await system.sandbox.replies(to: asked.messageID)
            #expect(replies.map(\.type) == ["interactive", "file"])
            #expect(replies[0].text.contains("all of it is in the file"))
            let message = try await system.sandbox.message(try #require(file).messageID)
            let content = try JSONValue(parsing: message["content"]?.string ?? "")
            let key = try #require(content["file_key"]?.string)
            let response = try await system.http.execute(
                HTTPClientRequest(url: "\(system.sandbox.url)/sandbox/resources/\(key)", maximumResponseBytes: 8 << 20)
            )
            let text = String(decoding: response.body, as: UTF8.self)
            #expect(text.trimmed == Self.book(120).joined().trimmed)
        }

        /// The card is refused when it is to show the end: the text comes as a message, to which the card points.
        private func pointing(_ system: AssistantSystem) async throws {
            let asked = try await system.sandbox.say("brief", as: "Noor")
            let card = try await system.sandbox.reply(to: asked.messageID)
            try await system.sandbox.inject([
                "kind": "code", "code": 300_305, "method": "PUT", "count": 1,
                "path": .string("/cards/\(try #require(card.cardID))"),
            ])
            try await eventually("the message") { try await system.sandbox.replies(to: asked.messageID).count == 2 }
            try await eventually("the card points to it") {
                try await system.sandbox.card(shownIn: card.messageID).note?.contains("message below") == true
            }
            let replies = try await system.sandbox.replies(to: asked.messageID)
            #expect(replies[1].type == "post" && replies[1].text.contains(Self.words.joined().trimmed))
            let shown = try await system.sandbox.card(shownIn: card.messageID)
            #expect(shown.answer == nil && !replies[0].isStreaming)
            #expect(shown.buttons == ["regenerate", "useful", "useless"])
        }
    }
}

extension String {
    /// Without blanks at its ends.
    var trimmed: String {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
