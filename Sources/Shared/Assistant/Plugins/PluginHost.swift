package import Plugins

/// What the assistant needs of whatever runs plugins.
package protocol PluginHost: Sendable {
    /// The plugins that are installed now.
    var board: PluginBoard { get }

    /// Calls a plugin with its configuration.
    ///
    /// - Parameters:
    ///   - name: The plugin.
    ///   - call: What we know; the configuration is added.
    ///   - budget: How long the caller has. The plugin's own limit holds as well.
    /// - Returns: The answer.
    /// - Throws: `PluginFailure`; `.unreachable` also where no such plugin runs.
    func call(
        _ name: PluginName,
        _ call: PluginCall,
        within budget: Duration
    ) async throws(PluginFailure) -> PluginReply
}

/// A plugin that is installed, as this process knows it.
package struct HostedPlugin: Sendable {
    /// Whether it can be called here.
    package enum Condition: Sendable, Equatable {
        case ready
        /// It comes up, so a call waits a moment for it.
        case starting
        case disabled
        /// It does not run.
        case failing
    }

    package let manifest: PluginManifest
    package let condition: Condition

    package init(manifest: PluginManifest, condition: Condition) {
        self.manifest = manifest
        self.condition = condition
    }

    package var name: PluginName { manifest.name }

    /// Whether anything may set it off.
    var isEnabled: Bool { condition != .disabled }
}

/// The plugins that are installed at one time, and which messages are for them.
package struct PluginBoard: Sendable {
    /// By name.
    package let plugins: [HostedPlugin]
    /// False as long as nobody has read what is installed.
    package let isKnown: Bool
    let routing: PluginRouting

    /// - Parameters:
    ///   - plugins: Those that are installed.
    ///   - isKnown: Whether that was read already.
    package init(_ plugins: [HostedPlugin] = [], isKnown: Bool = true) {
        self.isKnown = isKnown
        self.plugins = plugins.sorted { $0.name < $1.name }
        routing = PluginRouting(self.plugins)
    }

    /// Nil where it is not installed.
    package func plugin(named name: PluginName) -> HostedPlugin? { plugins.first { $0.name == name } }
}

/// What the assistant's jobs work with where there may be plugins.
package struct PluginParts: Sendable {
    let host: any PluginHost
    let memory: PluginMemory

    package init(host: any PluginHost, memory: PluginMemory) {
        self.host = host
        self.memory = memory
    }
}
