/// What a supervisor knows and decides. No I/O, no clock, no lock.
///
/// A plugin has the run that is wanted, and beside it at most one more: the one that serves until the wanted one is
/// healthy.
struct SupervisionState {
    typealias RunID = Int

    enum Action: Equatable {
        case start(RunID, DesiredPlugin)
        /// It serves nobody any more: calls under way may end, then it is stopped.
        case retire(RunID)
        case report(PluginRunStanding)
    }

    private struct Run {
        let id: RunID
        var desired: DesiredPlugin
        var state = PluginRunStanding.State.starting

        var standing: PluginRunStanding {
            PluginRunStanding(
                name: desired.name,
                version: desired.manifest.version,
                revision: desired.revision,
                state: state
            )
        }
    }

    private static let startsBeforeFailure = 3

    /// The wanted one last.
    private var runs: [PluginName: [Run]] = [:]
    private var next: RunID = 0

    /// Of the wanted runs, by name.
    var standings: [PluginRunStanding] {
        runs.values.compactMap { $0.last?.standing }.sorted { $0.name < $1.name }
    }

    /// The run that calls go to.
    func serving(_ name: PluginName) -> RunID? { runs[name]?.last { $0.state == .healthy }?.id }

    /// What is wanted from now on: all of it, so what is not named is to go.
    mutating func apply(_ desired: [DesiredPlugin]) -> [Action] {
        let wanted = Dictionary(desired.map { ($0.name, $0) }) { _, last in last }
        var actions: [Action] = []
        for name in runs.keys.sorted() where wanted[name] == nil {
            actions += (runs.removeValue(forKey: name) ?? []).map { .retire($0.id) }
        }
        for name in wanted.keys.sorted() {
            if let desired = wanted[name] { actions += want(desired) }
        }
        return actions
    }

    private mutating func want(_ desired: DesiredPlugin) -> [Action] {
        var plugin = runs[desired.name] ?? []
        if plugin.last?.desired == desired { return [] }
        var actions: [Action] = []
        if let index = plugin.lastIndex(where: { $0.desired.runs(like: desired) }) {
            // Only the record changed, or it went back to what still serves.
            actions += plugin[(index + 1)...].map { .retire($0.id) }
            plugin.removeSubrange((index + 1)...)
            plugin[index].desired = desired
            actions.append(.report(plugin[index].standing))
        } else {
            actions += plugin.filter { $0.state != .healthy }.map { .retire($0.id) }
            plugin.removeAll { $0.state != .healthy }
            next += 1
            let run = Run(id: next, desired: desired)
            plugin.append(run)
            actions += [.start(run.id, desired), .report(run.standing)]
        }
        runs[desired.name] = plugin
        return actions
    }

    /// A run can be called.
    mutating func becameHealthy(_ id: RunID, of name: PluginName) -> [Action] {
        guard var plugin = runs[name], let index = plugin.firstIndex(where: { $0.id == id }) else { return [] }
        plugin[index].state = .healthy
        guard index == plugin.count - 1 else {
            runs[name] = plugin
            return []
        }
        let older = plugin[..<index].map { Action.retire($0.id) }
        runs[name] = [plugin[index]]
        return older + [.report(plugin[index].standing)]
    }

    /// A run cannot be called any more, or not yet.
    ///
    /// - Parameters:
    ///   - id: The run.
    ///   - name: Its plugin.
    ///   - reason: Why, for whoever runs the system.
    ///   - starts: How many starts in a row came to nothing.
    /// - Returns: What is to be done.
    mutating func faltered(_ id: RunID, of name: PluginName, _ reason: String, after starts: Int) -> [Action] {
        guard var plugin = runs[name], let index = plugin.firstIndex(where: { $0.id == id }) else { return [] }
        plugin[index].state = starts >= Self.startsBeforeFailure ? .failed(reason: reason) : .starting
        runs[name] = plugin
        return index == plugin.count - 1 ? [.report(plugin[index].standing)] : []
    }
}
