/// What may be spent in a day; nil is no bound.
package struct UsageBudgets: Sendable, Equatable {
    package struct Bound: Sendable, Equatable {
        package var tokens: Int?
        /// In millionths of the currency.
        package var microCost: Int?

        package init(tokens: Int? = nil, microCost: Int? = nil) {
            self.tokens = tokens
            self.microCost = microCost
        }
    }

    package var user: Bound
    package var chat: Bound
    /// Of all together.
    package var total: Bound

    package init(user: Bound = .init(), chat: Bound = .init(), total: Bound = .init()) {
        self.user = user
        self.chat = chat
        self.total = total
    }

    subscript(_ subject: BudgetExceeded.Subject) -> Bound {
        switch subject {
        case .user: user
        case .chat: chat
        case .total: total
        }
    }
}

/// A request that was refused because a day's budget is spent.
package struct BudgetExceeded: Error, Equatable, CustomStringConvertible {
    /// Whose budget it is.
    package enum Subject: String, Sendable, CaseIterable {
        case user, chat, total
    }

    package enum Measure: String, Sendable {
        case tokens, cost
    }

    package let subject: Subject
    package let measure: Measure
    /// In tokens, or in millionths of the currency.
    package let budget: Int
    package let spent: Int
    /// When there is a new one, in milliseconds since 1970.
    package let until: Int64
    /// The clock whose midnight that is, such as `UTC+8`.
    package let clock: String

    package init(subject: Subject, measure: Measure, budget: Int, spent: Int, until: Int64, clock: String) {
        self.subject = subject
        self.measure = measure
        self.budget = budget
        self.spent = spent
        self.until = until
        self.clock = clock
    }

    package var description: String { "BudgetExceeded: \(measure.rawValue) of the \(subject.rawValue)" }
}
