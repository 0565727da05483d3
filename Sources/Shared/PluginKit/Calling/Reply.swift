public import JSON

/// What a plugin answers: what is said, what is kept, and what is to be done.
public struct Reply: Sendable, Equatable {
    /// One of the things that are said.
    public enum Part: Sendable, Equatable {
        /// At most 30,000 characters.
        case text(String)
        /// At most 30,000 characters.
        case markdown(String)
        /// A card of Feishu's.
        case card(JSONObject)
        case file(name: String, content: [UInt8])
    }

    /// What becomes of the conversation's state.
    public enum State: Sendable, Equatable {
        /// It stays as it is.
        case kept
        /// At most 64 KiB, in the place of what was there.
        case replaced(JSONObject)
        case removed
    }

    /// A call to be made again.
    public struct Job: Sendable, Equatable {
        /// Its ``Message/content``.
        public let content: String
        /// From now, at most 30 days.
        public let delay: Duration
    }

    /// What a model reads of a tool.
    public struct ToolResult: Sendable, Equatable {
        public let text: String
        public let isError: Bool
    }

    /// What is said, at most 5 parts; of none, nothing.
    public var parts: [Part]
    /// Needs the permission `conversation.state`.
    public var state: State = .kept
    /// At most 10. Needs the permission `jobs.enqueue`.
    public var jobs: [Job] = []
    /// The answer to a call of a model.
    public var toolResult: ToolResult?

    /// A reply of these parts.
    ///
    /// - Parameter parts: What is said; of none, nothing.
    public init(_ parts: [Part] = []) { self.parts = parts }
}

extension Reply {
    /// Says nothing.
    public static var none: Reply { Reply() }

    /// Says plain text.
    public static func text(_ text: String) -> Reply { Reply([.text(text)]) }

    /// Says Markdown.
    public static func markdown(_ text: String) -> Reply { Reply([.markdown(text)]) }

    /// Shows a card of Feishu's.
    public static func card(_ card: JSONObject) -> Reply { Reply([.card(card)]) }

    /// Sends a file.
    public static func file(name: String, content: [UInt8]) -> Reply { Reply([.file(name: name, content: content)]) }

    /// Sends a file of text, as UTF-8.
    public static func file(name: String, text: String) -> Reply { .file(name: name, content: Array(text.utf8)) }

    /// Says several things.
    public static func several(_ parts: Part...) -> Reply { Reply(parts) }

    /// Answers a model, and says nothing to the person.
    ///
    /// - Parameters:
    ///   - text: What the model reads.
    ///   - isError: Whether the tool failed.
    /// - Returns: The reply.
    public static func toolResult(_ text: String, isError: Bool = false) -> Reply {
        var reply = Reply()
        reply.toolResult = ToolResult(text: text, isError: isError)
        return reply
    }

    /// The same reply, which also leaves a state to the next call of this conversation.
    public func keeping(_ state: JSONObject) -> Reply { with { $0.state = .replaced(state) } }

    /// The same reply, which also removes what the conversation had.
    public func forgettingState() -> Reply { with { $0.state = .removed } }

    /// The same reply, which also has the plugin called again.
    ///
    /// - Parameters:
    ///   - content: The content of that call.
    ///   - delay: From now, at most 30 days.
    /// - Returns: The reply.
    public func callingAgain(_ content: String, in delay: Duration) -> Reply {
        with { $0.jobs.append(Job(content: content, delay: delay)) }
    }

    private func with(_ change: (inout Reply) -> Void) -> Reply {
        var reply = self
        change(&reply)
        return reply
    }
}
