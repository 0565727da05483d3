/// Who said a message of a chat, under the names of the chat-completions API.
package enum ChatRole: String, Sendable, Equatable, Codable {
    case system, user, assistant
    /// What a called tool returned.
    case tool
}

/// One message of a chat with a model.
package struct ChatMessage: Sendable, Equatable, Codable {
    package var role: ChatRole
    /// Text and images in their order; images belong in messages of people only.
    package var parts: [ChatContentPart]
    /// What the model wanted called, in messages of the assistant; each is answered by a message of the role `tool`.
    package var toolCalls: [ToolCall]
    /// The call that this message answers, in messages of the role `tool`.
    package var toolCallID: String?

    package init(
        role: ChatRole,
        parts: [ChatContentPart],
        toolCalls: [ToolCall] = [],
        toolCallID: String? = nil
    ) {
        self.role = role
        self.parts = parts
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
    }

    package init(role: ChatRole, content: String) {
        self.init(role: role, parts: [.text(content)])
    }

    /// The text of all parts that are text, joined by line breaks; setting it leaves one part.
    package var content: String {
        get {
            if case .text(let text)? = parts.first, parts.count == 1 { return text }
            return parts.compactMap(\.text).joined(separator: "\n")
        }
        set { parts = [.text(newValue)] }
    }

    /// Whether a model must see to read it.
    package var hasImages: Bool { parts.contains { $0.image != nil } }

    /// What the operator tells the model to be.
    package static func system(_ content: String) -> ChatMessage { .init(role: .system, content: content) }
    /// What a person wrote.
    package static func user(_ content: String) -> ChatMessage { .init(role: .user, content: content) }
    /// What a person wrote and showed.
    package static func user(_ content: String, images: [ChatImage]) -> ChatMessage {
        .init(role: .user, parts: [.text(content)] + images.map { .image($0) })
    }
    /// What the model wrote earlier.
    package static func assistant(_ content: String) -> ChatMessage { .init(role: .assistant, content: content) }
    /// What the model wrote earlier, maybe nothing, and wanted called.
    package static func assistant(_ content: String, calling calls: [ToolCall]) -> ChatMessage {
        .init(role: .assistant, parts: content.isEmpty ? [] : [.text(content)], toolCalls: calls)
    }
    /// What a tool returned, or why it did not.
    package static func tool(_ result: String, answering call: ToolCall) -> ChatMessage {
        .init(role: .tool, parts: [.text(result)], toolCallID: call.id)
    }
}
