package import LanguageModel

/// Who a request to a model is for.
package struct UsageAccount: Sendable, Equatable {
    package var appID: String
    /// Nil where nobody in particular asked, as in a scheduled run.
    package var userID: String?
    package var chatID: String?

    package init(appID: String, userID: String?, chatID: String?) {
        self.appID = appID
        self.userID = userID
        self.chatID = chatID
    }
}

/// How somebody stands, for `/usage`.
package struct UsageSummary: Sendable, Equatable {
    package var today: UsageTotals
    /// Of the person, today included.
    package var thirtyDays: UsageTotals
    package var chatToday: UsageTotals
    package var totalToday: UsageTotals
    package var budgets: UsageBudgets
    /// When the day ends, in milliseconds since 1970.
    package var dayEnds: Int64
    package var currency: String

    package init(
        today: UsageTotals,
        thirtyDays: UsageTotals,
        chatToday: UsageTotals,
        totalToday: UsageTotals,
        budgets: UsageBudgets,
        dayEnds: Int64,
        currency: String
    ) {
        self.today = today
        self.thirtyDays = thirtyDays
        self.chatToday = chatToday
        self.totalToday = totalToday
        self.budgets = budgets
        self.dayEnds = dayEnds
        self.currency = currency
    }
}

/// What models cost, by whom it was spent, and what may be spent.
package protocol UsageLedger: Sendable {
    /// Refuses a request whose budget is spent, with `BudgetExceeded`. Requests that are under way at that moment are not
    /// counted: what they cost may go beyond the budget.
    func admit(_ account: UsageAccount) async throws

    /// Notes what a request did cost. `key` tells it apart: a second time under the same changes nothing. False then.
    @discardableResult
    func record(
        _ usage: ChatUsage,
        of model: String,
        for account: UsageAccount,
        key: String
    ) async throws -> Bool

    /// How a person and their chat stand.
    func summary(of account: UsageAccount) async throws -> UsageSummary
}

/// What is told apart in a table of usage.
package enum UsageDimension: String, Sendable, CaseIterable {
    case day, user, chat, model
}

/// One line of such a table.
package struct UsageRow: Sendable, Equatable {
    /// An ID, a model's name, or a day such as `2026-11-26`.
    package let name: String
    package let totals: UsageTotals
}
