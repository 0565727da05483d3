/// A number as it stands in a text, in digits or in words, with what is counted.
struct SpokenNumber: Sendable, Equatable {
    /// What makes numbers comparable; everything else that is counted is not.
    enum Unit: Sendable, Equatable {
        case percent
        case money(Currency)
        /// `value` is in minutes: of seconds, minutes, hours, days, weeks.
        case minutes
        /// `value` is in months: of months, quarters, years.
        case months
    }

    enum Currency: Sendable { case yuan, dollar, euro, pound, yen, hongKongDollar }

    /// How it is written, which decides what is meant as a number.
    enum Form: Sendable { case digits, chinese, english }

    /// Of the scanner's characters, without the unit.
    var range: Range<Int>
    /// What it may mean, the likely first: `3m` is three or three million. In the unit that was written.
    var values: [Double]
    var unit: Unit?
    /// What one of what was written is in `unit`: 60 of an hour.
    var scale = 1.0
    var form: Form
    /// `第三`, `3rd`.
    var isOrdinal = false
    /// Whether the text says a number, and not only a word that has one in it, as `统一`, `this one`, `A5`.
    var isClaim = true

    /// Whether this says what another does: `8,000` and `八千条`, `25%` and `1/4`, `两周` and `14 天`.
    func says(_ claim: SpokenNumber) -> Bool {
        claim.values.contains { theirs in values.contains { isSame($0, theirs, claim) } }
    }

    private func isSame(_ mine: Double, _ theirs: Double, _ claim: SpokenNumber) -> Bool {
        switch (unit, claim.unit) {
        case (nil, nil): Self.equal(mine, theirs)
        case (.percent, .percent): Self.equal(mine, theirs)
        case (.percent, nil): Self.equal(mine, theirs) || Self.equal(mine, theirs * 100)
        case (nil, .percent): Self.equal(mine, theirs) || Self.equal(mine * 100, theirs)
        case (.minutes, .minutes), (.months, .months): Self.equal(mine * scale, theirs * claim.scale)
        case (.money(let left), .money(let right)): left == right && Self.equal(mine, theirs)
        case (_, nil), (nil, _): Self.equal(mine, theirs)
        default: false
        }
    }

    private static func equal(_ left: Double, _ right: Double) -> Bool {
        abs(left - right) <= 1e-9 * max(1, abs(left), abs(right))
    }
}
