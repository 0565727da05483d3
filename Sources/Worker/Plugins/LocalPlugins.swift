import Assistant
import NIOConcurrencyHelpers
import Plugins

/// The plugins as this process has them: those of the registry, called where its supervisor runs them.
final class LocalPlugins: PluginHost {
    /// A version of a plugin, with what calls of it carry.
    struct Release: Sendable {
        let manifest: PluginManifest
        let settings: PluginCall.Settings
    }

    /// An installed plugin.
    struct Installed: Sendable {
        let record: PluginRecord
        /// What may answer: the wanted version, and while it is tried the one before. Empty where its secrets cannot be
        /// had.
        let releases: [Release]
        /// Why it cannot be run here at all.
        let problem: String?
    }

    private struct State {
        var installed: [PluginName: Installed] = [:]
        var board = PluginBoard(isKnown: false)
    }

    /// How long a call waits for a plugin that comes up.
    private static let patience: Duration = .seconds(5)

    private let supervisor: PluginSupervisor
    private let clock: any Clock<Duration>
    private let state = NIOLockedValueBox(State())

    init(supervisor: PluginSupervisor, clock: any Clock<Duration> = ContinuousClock()) {
        self.supervisor = supervisor
        self.clock = clock
    }

    var board: PluginBoard { state.withLockedValue { $0.board } }
    var installed: [PluginName: Installed] { state.withLockedValue { $0.installed } }

    /// Takes what is installed now.
    func take(_ installed: [Installed]) {
        state.withLockedValue { state in
            state.installed = Dictionary(installed.map { ($0.record.name, $0) }) { _, last in last }
        }
        refresh()
    }

    /// Looks again at which of them run.
    func refresh() {
        let standings = Dictionary(supervisor.standings.map { ($0.name, $0) }) { _, last in last }
        let plugins = installed.values.map { plugin in
            HostedPlugin(
                manifest: plugin.record.manifest,
                condition: condition(of: plugin, standings[plugin.record.name])
            )
        }
        let board = PluginBoard(plugins)
        state.withLockedValue { $0.board = board }
    }

    private func condition(of plugin: Installed, _ standing: PluginRunStanding?) -> HostedPlugin.Condition {
        guard plugin.record.isEnabled else { return .disabled }
        if supervisor.client(for: plugin.record.name) != nil { return .ready }
        if plugin.problem != nil { return .failing }
        if case .failed? = standing?.state { return .failing }
        return .starting
    }

    func call(
        _ name: PluginName,
        _ call: PluginCall,
        within budget: Duration
    ) async throws(PluginFailure) -> PluginReply {
        let start = ContinuousClock.now
        let client = try await client(for: name, within: min(budget, Self.patience))
        let version = client.manifest.version
        let release = installed[name]?.releases.first { $0.manifest.version == version }
        guard let release else { throw .unreachable }
        var call = call
        call.settings = release.settings
        return try await client.call(call, within: budget - (ContinuousClock.now - start))
    }

    private func client(for name: PluginName, within limit: Duration) async throws(PluginFailure) -> PluginClient {
        let start = ContinuousClock.now
        while true {
            if let client = supervisor.client(for: name) { return client }
            guard ContinuousClock.now - start < limit else { throw .unreachable }
            do {
                try await clock.sleep(for: .milliseconds(50))
            } catch {
                throw .cancelled
            }
        }
    }
}
