import HTTP
import HTTPClient
import JSON
import TestSupport

extension AssistantSystem {
    /// How many events the gateway stored but those about the bot's own emoji, of which Feishu tells it, too.
    func storedEvents() async throws -> Int {
        let response = try await http.execute(HTTPClientRequest(url: "\(sandbox.url)/sandbox/deliveries"))
        let events = try JSONValue(parsing: response.body)["deliveries"]?.array ?? []
        let reactions = events.count { $0["event_type"]?.string?.hasPrefix("im.message.reaction.") ?? false }
        return try await deliveries("stored") - reactions
    }
}
