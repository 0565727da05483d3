import Plugins
import ToolProtocol

/// Which of the installed plugins there are in a chat: a company may have one for its sales team that is nobody else's.
package enum PluginChoice: Sendable, Equatable {
    case all
    /// Those of these names; none, where it is empty.
    case only(Set<String>)

    /// As it is configured.
    ///
    /// - Parameter names: Names of plugins; `none` stands for none, beside others for nothing.
    package init(_ names: [String]) { self = .only(Set(names).subtracting(["none"])) }

    /// Whether a plugin is one of them.
    func has(_ name: PluginName) -> Bool {
        switch self {
        case .all: true
        case .only(let names): names.contains(name.rawValue)
        }
    }

    /// Whether a tool may be offered to a model: one of no plugin always.
    func has(_ tool: Tool) -> Bool {
        guard tool.server == PluginTools.serverName else { return true }
        return PluginTools.pluginName(of: tool.remoteName).map(has) ?? false
    }
}
