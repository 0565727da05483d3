import Foundation
import HTTP
import HTTPClient
import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("The document of minutes")
    struct MinutesDocumentTests {
        private static let transcript = """
            /minutes
            Alice: The supplier can deliver cedar in May.
            Bob: Then we decided on cedar for the deck.
            Alice: I will send the order by Friday.
            """

        /// The page of a document, as a person opens it.
        private static func page(_ system: AssistantSystem, _ id: String) async throws -> String {
            let response = try await system.http.execute(
                HTTPClientRequest(method: "GET", url: "\(system.sandbox.url)/docx/\(id)", headers: [], body: nil)
            )
            return String(decoding: response.body, as: UTF8.self)
        }

        @Test("is shared with the group, each of its lines leads to what was said, and it comes once")
        func document() async throws {
            try await AssistantSystem.with { system in
                let message = try await system.sandbox.say(Self.transcript, as: "Maya", in: "Deck", copies: 3)
                _ = try await system.sandbox.minutes(for: message.messageID)
                #expect(try await system.settled().dead == 0)
                let documents = try await system.sandbox.documents()
                let document = try #require(documents.first)
                #expect(documents.count == 1)
                let maya = try await system.sandbox.openID(of: "Maya")
                #expect(document.members == [message.chatID: "view", maya: "view"])
                #expect(document.text.hasSuffix("Alice I will send the order by Friday."))

                let page = try await Self.page(system, document.documentID)
                let anchors = page.components(separatedBy: "/docx/\(document.documentID)#").dropFirst().compactMap {
                    link in
                    link.components(separatedBy: "\"").first
                }
                #expect(anchors.count >= 2)
                for anchor in anchors { #expect(page.contains("<p id=\"\(anchor)\"><strong>#"), "\(anchor)") }
            }
        }

        @Test("is missing without the permission for it, or where it is not wanted, and the minutes come all the same")
        func none() async throws {
            try await AssistantSystem.with { system in
                try await system.sandbox.changeScopes(withdraw: ["docx:document"])
                let message = try await system.sandbox.say(Self.transcript)
                #expect(try await system.sandbox.minutes(for: message.messageID).text.contains("cedar"))
                #expect(try await system.sandbox.documents().isEmpty)
                #expect(system.workers.first?.log.contains("docx:document") == true)
            }
            try await AssistantSystem.with(.init(settings: ["MINUTES_DOCUMENTS": "false"])) { system in
                let message = try await system.sandbox.say(Self.transcript)
                #expect(try await system.sandbox.minutes(for: message.messageID).text.contains("cedar"))
                #expect(try await system.sandbox.documents().isEmpty)
            }
        }
    }
}
