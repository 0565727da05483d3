/// What somebody may do; each may do what the ones before it may.
package enum Role: String, Sendable, Comparable, CaseIterable {
    /// Looks.
    case viewer
    /// Runs the system: retries, pauses, cancels.
    case `operator`
    /// Changes who and what there is.
    case admin

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .operator: 1
        case .admin: 2
        }
    }

    package static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }
}
