import Testing

@testable import Plugins

@Suite("A plugin's budget of the processor")
struct ProcessorBudgetTests {
    private let limit = ProcessorBudget.Limit(share: 0.5, store: .seconds(4))

    @Test("has a store to begin with, which is spent by more than the share")
    func spending() {
        var budget = ProcessorBudget(limit)
        budget.pass(.seconds(2), using: .seconds(3))
        #expect(budget.allowance == .seconds(1))
        #expect(!budget.isSpent)
        budget.pass(.seconds(1), using: .seconds(2))
        #expect(budget.isSpent)
        // Half a second is owed, and half of each second gained.
        budget.pass(.milliseconds(900), using: .zero)
        #expect(budget.isSpent)
        budget.pass(.milliseconds(100), using: .zero)
        #expect(!budget.isSpent)
    }

    @Test("keeps no more than its store, and owes no more than that")
    func bounds() {
        var budget = ProcessorBudget(limit)
        budget.pass(.seconds(1_000), using: .zero)
        #expect(budget.allowance == .seconds(4))
        #expect(budget.isWhole)
        budget.pass(.seconds(1), using: .seconds(60))
        #expect(budget.allowance == .seconds(-4))
    }

    @Test("is looked at the sooner the sooner it may be spent")
    func looks() {
        var budget = ProcessorBudget(limit)
        #expect(budget.nextLook == .seconds(1))
        budget.pass(.seconds(1), using: .seconds(2))
        // Two seconds are left.
        #expect(budget.nextLook == .seconds(1))
        budget.pass(.milliseconds(100), using: .milliseconds(1_050))
        #expect(budget.nextLook == .milliseconds(100))
        budget.pass(.seconds(1), using: .milliseconds(1_500))
        #expect(budget.nextLook == .milliseconds(100))
        budget.pass(.seconds(1), using: .seconds(1))
        #expect(budget.isSpent)
        #expect(budget.nextLook == .milliseconds(100))
        // What it did before it stood still, it may do again.
        budget.pass(.seconds(1), using: .zero)
        #expect(!budget.isSpent)
        #expect(budget.nextLook == .milliseconds(100))
    }

    @Test("over a long time is the share, whatever is tried", arguments: [1.0, 2, 16])
    func average(_ processors: Double) {
        var (budget, used, time) = (ProcessorBudget(limit), Duration.zero, Duration.zero)
        while time < .seconds(600) {
            let look = budget.nextLook
            let taken = budget.isSpent ? .zero : look * processors
            (used, time) = (used + taken, time + look)
            budget.pass(look, using: taken)
        }
        // Besides the store, and what can be taken between two looks.
        #expect(used <= .seconds(304) + .seconds(processors))
        #expect(used >= .seconds(300))
    }
}
