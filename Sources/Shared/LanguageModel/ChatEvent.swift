/// What a model's stream says next.
package enum ChatEvent: Sendable, Equatable {
    /// The next piece of the answer, never empty.
    case text(String)
    /// The answer is complete; nothing follows.
    case finished(ChatFinish)
}

/// How an answer ended.
package struct ChatFinish: Sendable, Equatable {
    /// Why the model stopped, after `finish_reason` of the chat-completions API.
    package enum Reason: String, Sendable, Equatable {
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

    package init(reason: Reason, usage: ChatUsage? = nil, model: String) {
        self.reason = reason
        self.usage = usage
        self.model = model
    }
}

/// What an answer cost, in the model's own tokens.
package struct ChatUsage: Sendable, Equatable {
    package var promptTokens: Int
    package var completionTokens: Int

    package init(promptTokens: Int, completionTokens: Int) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
    }
}

/// A whole answer.
package struct ChatCompletion: Sendable, Equatable {
    package var text: String
    package var finish: ChatFinish

    package init(text: String, finish: ChatFinish) {
        self.text = text
        self.finish = finish
    }
}
