package import TimeZones

/// A fact after it was held against the transcript: what nobody said is out of it, or marked.
package struct GroundedFact: Sendable, Equatable, Codable {
    /// What a reader is to confirm, since the transcript does not show it.
    package enum Doubt: String, Sendable, Codable, CaseIterable {
        case owner, due, number, date, name
    }

    package var fact: Fact
    /// The day that `fact.due` means, where the meeting's date is known.
    package var dueDay: CivilTime?
    /// In this order, each once.
    package var doubts: [Doubt]

    package init(_ fact: Fact, dueDay: CivilTime? = nil, doubts: [Doubt] = []) {
        self.fact = fact
        self.dueDay = dueDay
        self.doubts = doubts
    }
}
