package import JSON
import JobQueue
import Plugins
package import ToolProtocol

/// The tools that plugins offer to models, as if they were of one more server.
package struct PluginTools: ToolServer {
    static let serverName = "plugins"
    package let name = Self.serverName
    /// As for other servers: what a model is told of a result.
    private static let mostBytes = 64 << 10

    private let host: any PluginHost
    private let language: String

    /// - Parameters:
    ///   - host: Runs them.
    ///   - language: Of what they answer: `zh-CN` or `en`.
    package init(host: any PluginHost, language: String) {
        self.host = host
        self.language = language
    }

    /// Those of plugins that can be called now, each as `plugin/tool`.
    package func tools() async throws(ToolProtocolError) -> [OfferedTool] {
        host.board.plugins.filter { $0.condition.isCallable }.flatMap { plugin in
            plugin.manifest.tools.map { tool in
                OfferedTool(
                    name: "\(plugin.name)/\(tool.name)",
                    description: tool.description,
                    parameters: tool.parameters,
                    isSensitive: tool.isSensitive || plugin.manifest.isSensitive
                )
            }
        }
    }

    /// The plugin whose tool this is, by the name that it is offered under; nil where that is no such name.
    static func pluginName(of tool: String) -> PluginName? {
        tool.split(separator: "/", maxSplits: 1).first.flatMap { PluginName($0) }
    }

    package func call(_ name: String, _ arguments: JSONObject) async throws(ToolProtocolError) -> ToolResult {
        let parts = name.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let pluginName = Self.pluginName(of: name),
            let plugin = host.board.plugin(named: pluginName),
            plugin.condition.isCallable, let tool = plugin.manifest.tools.first(where: { $0.name == parts[1] })
        else { throw ToolProtocolError(.unknownTool, server: name) }
        let problems = tool.problems(in: arguments)
        guard problems.isEmpty else {
            let list = problems.map(\.description).joined(separator: "\n")
            return ToolResult(text: "The arguments do not hold to the tool's schema:\n\(list)", isError: true)
        }
        let id = TaskID.random().rawValue
        let call = PluginCall(
            requestID: id,
            idempotencyKey: "\(id)/call",
            language: language,
            cause: .tool(name: String(parts[1]), arguments: arguments)
        )
        do throws(PluginFailure) {
            return result(try await host.call(pluginName, call, within: plugin.manifest.timeout))
        } catch {
            if case .refused(let words) = error {
                return ToolResult(text: words ?? "The plugin refused this.", isError: true)
            }
            throw ToolProtocolError(error.toolCode, server: name)
        }
    }

    /// Nothing is begun here that has an end.
    package func close() async {}

    private func result(_ reply: PluginReply) -> ToolResult {
        let text =
            reply.toolResult?.text
            ?? reply.parts.compactMap { part -> String? in
                switch part {
                case .text(let text), .markdown(let text): text
                case .card, .file: nil
                }
            }.joined(separator: "\n\n")
        let isError = reply.toolResult?.isError ?? false
        guard text.utf8.count > Self.mostBytes else { return ToolResult(text: text, isError: isError) }
        // Cut between characters.
        var end = text.utf8.index(text.startIndex, offsetBy: Self.mostBytes)
        while end.samePosition(in: text) == nil { end = text.utf8.index(before: end) }
        return ToolResult(text: String(text[..<end]), isError: isError, wasCut: true)
    }
}

extension PluginFailure {
    fileprivate var toolCode: ToolProtocolError.Code {
        switch self {
        case .timedOut: .timedOut
        case .open: .resting
        case .tooLarge, .callTooLarge: .tooLarge
        case .notJSON, .notAsAgreed: .badResponse
        case .cancelled: .cancelled
        case .unreachable, .crashed, .refused, .busy, .failed, .full, .addressRefused: .unavailable
        }
    }
}
