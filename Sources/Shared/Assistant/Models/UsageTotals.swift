/// What was spent by somebody, or on something.
package struct UsageTotals: Sendable, Equatable, Codable {
    package var requests: Int
    package var promptTokens: Int
    package var completionTokens: Int
    /// In millionths of the currency.
    package var microCost: Int

    package init(requests: Int = 0, promptTokens: Int = 0, completionTokens: Int = 0, microCost: Int = 0) {
        self.requests = requests
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.microCost = microCost
    }

    package var tokens: Int { promptTokens + completionTokens }
    /// In the currency.
    package var cost: Double { Double(microCost) / 1_000_000 }

    static func + (left: UsageTotals, right: UsageTotals) -> UsageTotals {
        UsageTotals(
            requests: left.requests + right.requests,
            promptTokens: left.promptTokens + right.promptTokens,
            completionTokens: left.completionTokens + right.completionTokens,
            microCost: left.microCost + right.microCost
        )
    }
}

/// What a model's tokens cost, in the currency per million; so a token costs as many millionths.
package struct ModelPrice: Sendable, Equatable {
    package var input: Double
    package var output: Double

    package init(input: Double, output: Double) {
        self.input = input
        self.output = output
    }

    /// In millionths of the currency, rounded up.
    func microCost(prompt: Int, completion: Int) -> Int {
        let cost = (Double(prompt) * input + Double(completion) * output).rounded(.up)
        return Int(exactly: min(cost, 1e15)) ?? 0
    }
}
