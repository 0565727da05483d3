import NIOConcurrencyHelpers

/// The rules in force.
package final class RuleBook: Sendable {
    private let state: NIOLockedValueBox<Rules>

    package init(_ rules: Rules = .none) { state = NIOLockedValueBox(rules) }

    package var rules: Rules {
        get { state.withLockedValue { $0 } }
        set { state.withLockedValue { $0 = newValue } }
    }
}
