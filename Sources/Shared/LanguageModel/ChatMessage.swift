/// Who said a message of a chat, under the names of the chat-completions API.
package enum ChatRole: String, Sendable, Equatable {
    case system, user, assistant
}

/// One message of a chat with a model.
package struct ChatMessage: Sendable, Equatable {
    package var role: ChatRole
    package var content: String

    package init(role: ChatRole, content: String) {
        self.role = role
        self.content = content
    }

    /// What the operator tells the model to be.
    package static func system(_ content: String) -> ChatMessage { .init(role: .system, content: content) }
    /// What a person wrote.
    package static func user(_ content: String) -> ChatMessage { .init(role: .user, content: content) }
    /// What the model wrote earlier.
    package static func assistant(_ content: String) -> ChatMessage { .init(role: .assistant, content: content) }
}

/// What a model is asked.
package struct ChatRequest: Sendable, Equatable {
    /// Oldest first; the last one is what is to be answered.
    package var messages: [ChatMessage]
    /// Upper bound of the answer in the model's own tokens; nil leaves it to the model.
    package var maximumTokens: Int?
    /// 0 (always the likeliest word) to 2; nil leaves it to the model.
    package var temperature: Double?

    package init(messages: [ChatMessage], maximumTokens: Int? = nil, temperature: Double? = nil) {
        self.messages = messages
        self.maximumTokens = maximumTokens
        self.temperature = temperature
    }
}
