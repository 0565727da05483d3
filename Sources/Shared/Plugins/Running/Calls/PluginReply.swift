package import JSON

/// What a plugin answered: version 1 of the contract.
package struct PluginReply: Sendable, Equatable {
    /// A message for the chat.
    package enum Part: Sendable, Equatable {
        case text(String)
        case markdown(String)
        /// A card of the chat platform, as it takes it.
        case card(JSONObject)
        case file(name: String, bytes: [UInt8])
    }

    /// What becomes of what it keeps for the conversation.
    package enum StateChange: Sendable, Equatable {
        case unchanged
        case removed
        case replaced(JSONObject)
    }

    /// A later call that it asks for.
    package struct Job: Sendable, Equatable {
        package let delay: Duration
        package let content: String
    }

    /// The answer to a model that called it as a tool.
    package struct ToolResult: Sendable, Equatable {
        package let text: String
        package let isError: Bool
    }

    package let parts: [Part]
    package let state: StateChange
    package let jobs: [Job]
    package let toolResult: ToolResult?

    /// The largest answer, in bytes.
    package static let maximumBytes = 4 << 20

    /// Reads an answer; members that are not known are ignored.
    ///
    /// - Parameters:
    ///   - document: The whole answer.
    ///   - permitted: What the plugin may do: an answer that does more is wrong.
    /// - Throws: All that is wrong with it, each with its place.
    package init(_ document: JSONValue, permitted: Set<PluginPermission>) throws(ContractProblems) {
        var reader = ReplyReader(permitted: permitted)
        parts = reader.parts(document)
        state = reader.state(document)
        jobs = reader.jobs(document)
        toolResult = reader.toolResult(document)
        guard reader.problems.isEmpty else { throw ContractProblems(reader.problems) }
    }
}
