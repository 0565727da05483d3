/// What a model's stream says next.
package enum ChatEvent: Sendable, Equatable {
    /// The next piece of the answer, never empty.
    case text(String)
    /// What the model wants called before it goes on, whole and never empty; at most once, right before `finished`.
    case toolCalls([ToolCall])
    /// The answer is complete; nothing follows.
    case finished(ChatFinish)
}

/// How an answer ended.
package struct ChatFinish: Sendable, Equatable, Codable {
    /// Why the model stopped, after `finish_reason` of the chat-completions API.
    package enum Reason: String, Sendable, Equatable, Codable {
        /// The model had said everything.
        case stop
        /// The bound on tokens cut the answer.
        case length
        /// The vendor's filter withheld the answer or its rest.
        case contentFilter = "content_filter"
        /// The model wants tools called.
        case toolCalls = "tool_calls"
        /// A reason this version does not know, or none was given.
        case other
    }

    package var reason: Reason
    /// Nil where the vendor does not say.
    package var usage: ChatUsage?
    /// The model that answered, as the vendor names it.
    package var model: String
    /// The model that answered, as it is configured (`LanguageModel.name`): prices and limits go by it.
    package var configuredModel: String

    /// `configuredModel` is `model` where it is not named.
    package init(reason: Reason, usage: ChatUsage? = nil, model: String, configuredModel: String? = nil) {
        self.reason = reason
        self.usage = usage
        self.model = model
        self.configuredModel = configuredModel ?? model
    }
}

/// What an answer cost, in the model's own tokens.
package struct ChatUsage: Sendable, Equatable, Codable {
    package var promptTokens: Int
    package var completionTokens: Int

    package init(promptTokens: Int, completionTokens: Int) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
    }

    /// Both.
    package var totalTokens: Int { promptTokens + completionTokens }
}

/// A whole answer.
package struct ChatCompletion: Sendable, Equatable, Codable {
    package var text: String
    /// What the model wants called before it goes on.
    package var toolCalls: [ToolCall]
    package var finish: ChatFinish

    package init(text: String, toolCalls: [ToolCall] = [], finish: ChatFinish) {
        self.text = text
        self.toolCalls = toolCalls
        self.finish = finish
    }

    /// What goes into the next request in its place.
    package var message: ChatMessage { .assistant(text, calling: toolCalls) }
}
