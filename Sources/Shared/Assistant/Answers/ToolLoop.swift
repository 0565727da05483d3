import JSON
import JobQueue
import LanguageModel
import Logging
import ToolProtocol

/// Lets a model call tools until it has its answer.
///
/// Each answer of the model and each result of a tool is in the task's journal, so another attempt goes on where this
/// one was: nothing is asked or called twice, but for what was under way when a worker died.
struct ToolLoop {
    /// How often a model may ask for tools in one answer.
    private static let mostRounds = 8
    /// Calls of one round beyond this are refused.
    private static let mostCalls = 16

    /// How it ended.
    enum Ending {
        case answered(text: String, ChatFinish, ChatUsage)
        /// The model wants something done that the person is asked about first.
        case pending(PendingCalls, ChatFinish, ChatUsage)
    }

    let tools: ToolSet
    /// The plugins whose tools are offered.
    let plugins: PluginChoice
    let context: JobContext
    /// Asks the model, and shows what it writes.
    let ask: (ChatRequest) async throws -> ChatCompletion

    /// - Parameters:
    ///   - request: What is asked.
    ///   - resumed: Calls that a person has decided on, to go on after; nil at the beginning.
    ///   - isApproved: What they decided.
    /// - Returns: The answer, or what to ask the person.
    /// - Throws: What the model throws.
    func run(_ request: ChatRequest, resuming resumed: PendingCalls? = nil, isApproved: Bool = false) async throws
        -> Ending
    {
        var request = request
        var said: [String] = []
        var spent = ChatUsage(promptTokens: 0, completionTokens: 0)
        let offered = await tools.tools().filter(plugins.has)
        request.tools = offered.map { ChatTool(name: $0.name, description: $0.description, parameters: $0.parameters) }
        if let resumed {
            // What was said before stands on the card that asked.
            request.messages = resumed.messages
            request.messages += try await results(of: resumed.calls, offered, round: "resumed", isApproved: isApproved)
        }
        for round in 0...Self.mostRounds {
            // The last time it has to say what it knows.
            if round == Self.mostRounds { request.tools = [] }
            let asked = request
            let completion = try await context.step("model:\(round)") { try await ask(asked) }
            let usage = completion.usage(for: asked)
            spent.promptTokens += usage.promptTokens
            spent.completionTokens += usage.completionTokens
            guard !completion.toolCalls.isEmpty, !request.tools.isEmpty else {
                return .answered(text: (said + [completion.text]).joined(separator: "\n\n"), completion.finish, spent)
            }
            if !completion.text.isEmpty { said.append(completion.text) }
            request.messages.append(completion.message)
            if completion.toolCalls.contains(where: { call in
                offered.first { $0.name == call.name }?.isSensitive == true
            }) {
                let pending = PendingCalls(
                    messages: request.messages,
                    calls: completion.toolCalls,
                    said: said.joined(separator: "\n\n")
                )
                return .pending(pending, completion.finish, spent)
            }
            request.messages += try await results(
                of: completion.toolCalls,
                offered,
                round: String(round),
                isApproved: true
            )
        }
        throw LanguageModelError(code: .badResponse, model: "tools")
    }

    /// What the calls return, each as the model is told of it. What a tool cannot do is a result, too.
    private func results(
        of calls: [ToolCall],
        _ offered: [Tool],
        round: String,
        isApproved: Bool
    ) async throws -> [ChatMessage] {
        var messages: [ChatMessage] = []
        for (index, call) in calls.enumerated() {
            let text: String
            if !isApproved {
                text = "The person declined this call."
            } else if index >= Self.mostCalls {
                text = "Too many calls at once."
            } else {
                text = try await context.step("tool:\(round):\(index)") { await result(of: call, offered) }
            }
            messages.append(.tool(Material.wrapped(text, as: "tool_result", [("tool", call.name)]), answering: call))
        }
        return messages
    }

    private func result(of call: ToolCall, _ offered: [Tool]) async -> String {
        guard let tool = offered.first(where: { $0.name == call.name }) else { return "There is no such tool." }
        do {
            let result = try await tools.call(tool, call.arguments)
            return (result.isError ? "The tool failed: " : "") + result.text + (result.wasCut ? "\n(cut here)" : "")
        } catch {
            context.logger.warning(
                "a tool could not be called",
                metadata: ["tool": "\(tool.name)", "error": "\(error)"]
            )
            return "The tool could not be called."
        }
    }
}
