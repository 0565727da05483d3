/// How a plugin fares, as lists show it.
package enum PluginPhase: String, Sendable, CaseIterable {
    /// No worker has said yet that it is healthy.
    case starting
    case active
    case disabled
    /// A newer version waits to be found healthy; the one before it answers meanwhile.
    case upgrading
    /// Every worker says that it does not run.
    case failing

    /// - Parameters:
    ///   - record: The plugin.
    ///   - standings: What workers said of it.
    ///   - now: Unix time in milliseconds; workers that have said nothing for 30 s count for nothing.
    package init(of record: PluginRecord, standings: [PluginStanding], now: Int64) {
        let current = standings.filter { $0.isFresh(at: now) && $0.generation == record.generation }
        let allFailed = !current.isEmpty && current.allSatisfy { $0.state == .failed }
        if !record.isEnabled {
            self = .disabled
        } else if record.isUpgrading {
            self = .upgrading
        } else if allFailed {
            self = .failing
        } else {
            switch record.source {
            case .builtIn, .service: self = .active
            case .package: self = current.contains { $0.state == .healthy } ? .active : .starting
            }
        }
    }
}

/// What one worker says of a plugin, again and again: at least every 10 s, as it is forgotten after 30.
package struct PluginStanding: Sendable, Equatable {
    /// How it fares there.
    package enum State: String, Sendable {
        case starting
        case healthy
        case failed
    }

    /// For how long a worker's word counts, in milliseconds.
    static let freshness: Int64 = 30_000

    package let worker: String
    package let state: State
    /// Of the record that it speaks of.
    package let generation: Int64
    /// Unix time in milliseconds.
    package let at: Int64
    /// Why it failed, or what else operators are to know of it.
    package let detail: String?

    package init(worker: String, state: State, generation: Int64, at: Int64, detail: String? = nil) {
        self.worker = worker
        self.state = state
        self.generation = generation
        self.at = at
        self.detail = detail.map { String($0.prefix(300)) }
    }

    /// Whether the worker can be thought to be there still.
    package func isFresh(at now: Int64) -> Bool { now - at < Self.freshness }
}
