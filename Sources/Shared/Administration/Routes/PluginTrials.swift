package import JSON
package import Plugins

/// Has plugins called for somebody who looks after them, by whoever runs them.
package protocol PluginTrials: Sendable {
    /// Sends a plugin a message.
    ///
    /// - Parameters:
    ///   - name: The plugin.
    ///   - message: What is written to it.
    /// - Returns: What it answered, as JSON.
    /// - Throws: `AdminProblem` where nobody answers in time, or the call failed.
    func call(_ name: PluginName, message: String) async throws -> JSONValue
}
