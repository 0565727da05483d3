/// Who runs, and what each plugin may still take. No I/O, no clock, no lock.
///
/// A plugin has one budget for all of its processes, which outlives them: starting anew gains nothing.
struct ProcessorLedger {
    /// What is to become of a process group.
    enum Action: Equatable {
        case pause(group: Int32)
        case resume(group: Int32)
        /// It is held back, after it was not for long.
        case tell(PluginName)
    }

    private struct Account {
        var budget: ProcessorBudget
        var groups: [Int32: GroupTimes] = [:]
        /// Since it was last held back; nil: never, or long ago.
        var quiet: Duration?
    }

    /// So long a plugin is said to be held back after it was.
    private static let memory: Duration = .seconds(60)

    private let limit: ProcessorBudget.Limit
    private var accounts: [PluginName: Account] = [:]

    /// - Parameter limit: What each may take.
    init(_ limit: ProcessorBudget.Limit) { self.limit = limit }

    /// The process groups that run.
    var groups: Set<Int32> { Set(accounts.values.flatMap(\.groups.keys)) }
    /// Those that had to stand still within a minute.
    var heldBack: Set<PluginName> { Set(accounts.filter { $0.value.quiet != nil }.keys) }
    /// When to look again.
    var nextLook: Duration {
        accounts.values.filter { !$0.groups.isEmpty }.map { $0.budget.nextLook }.min() ?? .seconds(1)
    }

    mutating func began(_ group: Int32, of plugin: PluginName) {
        accounts[plugin, default: Account(budget: ProcessorBudget(limit))].groups[group] = GroupTimes()
    }

    mutating func ended(_ group: Int32, of plugin: PluginName) { accounts[plugin]?.groups[group] = nil }

    /// - Parameters:
    ///   - processes: Those of all groups that run.
    ///   - elapsed: Since the last look.
    /// - Returns: What is to be done, again at each look while a plugin is held back: what it has started meanwhile is to
    ///   stand still as well.
    mutating func look(at processes: [ProcessTimes], after elapsed: Duration) -> [Action] {
        let byGroup = Dictionary(grouping: processes, by: \.group)
        var actions: [Action] = []
        for plugin in accounts.keys.sorted() {
            guard var account = accounts[plugin] else { continue }
            var used = Duration.zero
            for group in account.groups.keys { used += account.groups[group]?.take(byGroup[group] ?? []) ?? .zero }
            let wasSpent = account.budget.isSpent
            account.budget.pass(elapsed, using: used)
            if account.budget.isSpent {
                if account.quiet == nil { actions.append(.tell(plugin)) }
                account.quiet = .zero
                actions += account.groups.keys.sorted().map { .pause(group: $0) }
            } else {
                account.quiet = account.quiet.map { $0 + elapsed }.flatMap { $0 < Self.memory ? $0 : nil }
                if wasSpent { actions += account.groups.keys.sorted().map { .resume(group: $0) } }
            }
            accounts[plugin] = account.groups.isEmpty && account.budget.isWhole && account.quiet == nil ? nil : account
        }
        return actions
    }
}
