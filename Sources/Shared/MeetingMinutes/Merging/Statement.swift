import TimePhrases
import TimeZones

/// A fact with what tells whether another says the same, and what is left of those that do.
struct Statement {
    private(set) var fact: GroundedFact
    private(set) var shingles: Shingles
    /// The figures in its text.
    private var figures: [SpokenNumber]
    /// What was said otherwise later.
    private var changes: Set<GroundedFact.Doubt> = []
    /// How often it was said.
    private(set) var mentions = 1

    init(_ fact: GroundedFact) {
        self.fact = fact
        let text = PhraseScanner(fact.fact.text, joinsDigits: true)
        figures = NumberReader.numbers(in: text).filter(\.isClaim)
        shingles = Shingles(text, figures: figures)
    }

    var first: Int { fact.fact.utterances.first ?? 0 }
    var last: Int { fact.fact.utterances.last ?? 0 }

    /// Texts that have this much in common say the same.
    private static let same = 0.55
    /// Of which one is nearly in the other.
    private static let contained = 0.85
    /// Texts that have this much in common say the same of another owner or another day.
    private static let changed = 0.75

    /// Whether another says the same; then it can take this one in.
    func says(_ other: Statement) -> Bool {
        guard shingles.isNegated == other.shingles.isNegated, figuresAgree(with: other) else { return false }
        let likeness = likeness(other)
        if Self.agree(fact.fact.owner, other.fact.fact.owner), Self.agree(dueKey, other.dueKey) {
            return likeness >= Self.same
        }
        // Two people may do the same each: then it is said at once.
        if !Self.agree(fact.fact.owner, other.fact.fact.owner),
            !Set(fact.fact.utterances).isDisjoint(with: other.fact.fact.utterances)
        {
            return false
        }
        return likeness >= Self.changed
    }

    /// What two texts have in common; of a short one in a long one, what is in it.
    func likeness(_ other: Statement) -> Double {
        let (short, long) =
            shingles.pieces.count < other.shingles.pieces.count
            ? (shingles, other.shingles) : (other.shingles, shingles)
        let likeness = short.likeness(long)
        guard short.pieces.count >= 4, short.containment(in: long) >= Self.contained else { return likeness }
        return max(likeness, Self.changed)
    }

    private func figuresAgree(with other: Statement) -> Bool {
        guard !figures.isEmpty, !other.figures.isEmpty else { return true }
        return figures.allSatisfy { mine in other.figures.contains { mine.says($0) } }
            || other.figures.allSatisfy { theirs in figures.contains { $0.says(theirs) } }
    }

    private var dueKey: String? { fact.dueDay.map { "\($0.daysSince1970)" } ?? fact.fact.due?.compacted }

    private static func agree(_ left: String?, _ right: String?) -> Bool {
        left == nil || right == nil || left?.compacted == right?.compacted
    }

    /// Takes in another that says the same. What was said later holds; where it differs about who or when, the reader is told.
    mutating func add(_ other: Statement) {
        let (early, late) = other.last >= last ? (self, other) : (other, self)
        var result = late.fact
        var doubts = Set(early.fact.doubts).intersection(late.fact.doubts)
        result.fact.owner = late.fact.fact.owner ?? early.fact.fact.owner
        result.fact.due = late.fact.fact.due ?? early.fact.fact.due
        result.dueDay = late.fact.fact.due == nil ? early.fact.dueDay : late.fact.dueDay
        if result.fact.owner == nil, !Set(early.fact.doubts + late.fact.doubts).isDisjoint(with: [.owner]) {
            doubts.insert(.owner)
        }
        if result.fact.due == nil, !Set(early.fact.doubts + late.fact.doubts).isDisjoint(with: [.due]) {
            doubts.insert(.due)
        }
        let isOther = !Self.agree(fact.fact.owner, other.fact.fact.owner)
        let isMoved = !Self.agree(dueKey, other.dueKey)
        var changes = self.changes.union(other.changes)
        if isOther { changes.insert(.owner) }
        if isMoved { changes.insert(.due) }
        doubts.formUnion(changes)
        // The fuller words of the two; where something changed, the later ones.
        let isLateShort = late.fact.fact.text.count * 10 < early.fact.fact.text.count * 7
        if !isOther, !isMoved, isLateShort, early.fact.doubts.isEmpty || !late.fact.doubts.isEmpty {
            result.fact.text = early.fact.fact.text
            result.fact.quote = early.fact.fact.quote ?? late.fact.fact.quote
            doubts.formUnion(early.fact.doubts.filter { [.number, .date, .name].contains($0) })
        } else {
            result.fact.quote = late.fact.fact.quote ?? early.fact.fact.quote
            doubts.formUnion(late.fact.doubts.filter { [.number, .date, .name].contains($0) })
        }
        result.fact.utterances = Set(early.fact.fact.utterances + late.fact.fact.utterances).sorted()
        result.doubts = GroundedFact.Doubt.allCases.filter(doubts.contains)
        let mentions = self.mentions + other.mentions
        self = Statement(result)
        self.mentions = mentions
        self.changes = changes
    }

    /// Of two of a kind, the one with more of this stays where there are too many.
    var strength: Int {
        let named = (fact.fact.owner == nil ? 0 : 4) + (fact.fact.due == nil ? 0 : 3) + (fact.fact.quote == nil ? 0 : 1)
        return named + 3 * min(mentions - 1, 3) + min(fact.fact.utterances.count, 3) - 2 * fact.doubts.count
    }
}
