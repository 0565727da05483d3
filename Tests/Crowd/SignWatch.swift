import HTTP
import HTTPClient
import JSON
import NIOConcurrencyHelpers
import TestSupport

/// Watches the sandbox as the people in it do: when did each see the first sign that somebody is on it, and what does
/// each answer say.
final class SignWatch: Sendable {
    private struct State {
        var asked: [String: ContinuousClock.Instant] = [:]
        var signs: [String: ContinuousClock.Instant] = [:]
        var isListening = false
    }

    private let state = NIOLockedValueBox(State())

    var isListening: Bool { state.withLockedValue { $0.isListening } }

    /// A message was written at this time.
    func asked(_ messageID: String, at time: ContinuousClock.Instant) {
        state.withLockedValue { $0.asked[messageID] = time }
    }

    /// How long each person waited for the first sign, shortest first; those who have seen none are left out.
    var waits: [Duration] {
        state.withLockedValue { state in
            state.asked.compactMap { id, asked in state.signs[id].map { $0 - asked } }.sorted()
        }
    }

    /// Listens until cancelled.
    func listen(to sandbox: SandboxControl, _ http: HTTPClient) async throws {
        let deadlines = HTTPClientDeadlines(connect: .seconds(5), idle: .seconds(600), total: .seconds(3_600))
        let stream = try await http.stream(
            HTTPClientRequest(
                url: "\(sandbox.url)/sandbox/events",
                deadlines: deadlines,
                maximumResponseBytes: 4 << 30
            )
        )
        var parser = ServerSentEventParser()
        for try await piece in stream.body {
            for event in try parser.parse(piece) {
                guard let update = try? JSONValue(parsing: event.data) else { continue }
                take(update)
            }
        }
    }

    private func take(_ update: JSONValue) {
        let now = ContinuousClock.now
        let value = update["value"]
        state.withLockedValue { state in
            switch update["kind"]?.string {
            case "hello": state.isListening = true
            case "message":
                guard let id = value?["message_id"]?.string else { return }
                if value?["from_bot"]?.bool == true, let parent = value?["parent_id"]?.string {
                    state.signs[parent] = state.signs[parent] ?? now
                } else if value?["reactions"]?.array?.isEmpty == false {
                    state.signs[id] = state.signs[id] ?? now
                }
            default: break
            }
        }
    }
}
