import HTTP
import HTTPClient
import JSON
import NIOConcurrencyHelpers
import TestSupport

/// Watches the sandbox as an open chat page does: what is typed onto cards, and what emoji come to stand on messages.
final class PageWatch: Sendable {
    /// One update of a card's text.
    struct Piece: Sendable {
        let sequence: Int64
        let text: String
    }

    private struct State {
        var isListening = false
        var pieces: [String: [Piece]] = [:]
        var emoji: [String: Set<String>] = [:]
    }

    private let state = NIOLockedValueBox(State())

    /// What was typed onto the card that a message shows, in order.
    func pieces(in messageID: String) -> [Piece] { state.withLockedValue { $0.pieces[messageID] ?? [] } }

    /// All emoji that stood on a message.
    func emoji(on messageID: String) -> Set<String> { state.withLockedValue { $0.emoji[messageID] ?? [] } }

    /// Listens while `body` runs.
    func listening(to system: AssistantSystem, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.listen(to: system) }
            try await eventually("the page listens") { state.withLockedValue { $0.isListening } }
            try await body()
            group.cancelAll()
        }
    }

    private func listen(to system: AssistantSystem) async throws {
        let deadlines = HTTPClientDeadlines(connect: .seconds(5), idle: .seconds(60), total: .seconds(120))
        let stream = try await system.http.stream(
            HTTPClientRequest(
                url: "\(system.sandbox.url)/sandbox/events",
                deadlines: deadlines,
                maximumResponseBytes: 64 << 20
            )
        )
        var parser = ServerSentEventParser()
        for try await bytes in stream.body {
            for event in try parser.parse(bytes) {
                if let update = try? JSONValue(parsing: event.data) { take(update) }
            }
        }
    }

    private func take(_ update: JSONValue) {
        let value = update["value"]
        let id = value?["message_id"]?.string ?? ""
        state.withLockedValue { state in
            switch update["kind"]?.string {
            case "hello": state.isListening = true
            case "stream" where value?["element_id"] == "answer":
                let piece = Piece(
                    sequence: value?["sequence"]?.integer ?? 0,
                    text: value?["content"]?.string ?? ""
                )
                state.pieces[id, default: []].append(piece)
            case "message":
                let emoji = (value?["reactions"]?.array ?? []).compactMap { $0["emoji"]?.string }
                state.emoji[id, default: []].formUnion(emoji)
            default: break
            }
        }
    }
}
