import JSON
package import LanguageModel

/// Calls of tools that wait for a person's word, with all that the model needs to go on after them.
package struct PendingCalls: Codable, Sendable, Equatable {
    /// The request so far, up to the message that asks for the calls.
    package let messages: [ChatMessage]
    package let calls: [ToolCall]
    /// What the model has said so far.
    package let said: String

    package init(messages: [ChatMessage], calls: [ToolCall], said: String) {
        self.messages = messages
        self.calls = calls
        self.said = said
    }

    /// What the person is asked.
    func question(_ texts: AssistantTexts) -> String {
        let wanted = calls.map { ($0.name, JSONValue.object($0.arguments).text) }
        return [said, texts.approval(of: wanted)].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}
