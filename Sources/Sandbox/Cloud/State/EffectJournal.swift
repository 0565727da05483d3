/// Counts effects by key, for tests that must prove "exactly once".
struct EffectJournal: Sendable {
    private(set) var counts: [String: Int] = [:]
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Records one effect; returns how often this key was recorded, or nil when the journal is full.
    mutating func record(_ key: String) -> Int? {
        if let count = counts[key] {
            counts[key] = count + 1
            return count + 1
        }
        guard counts.count < limit else { return nil }
        counts[key] = 1
        return 1
    }

    mutating func clear() { counts.removeAll() }
}
