/// Counts what happened under each key within sliding windows.
struct FrequencyLimiter: Sendable {
    /// At most `count` within `milliseconds`; a count of 0 means no limit.
    struct Rule {
        let count: Int
        let milliseconds: Int64
    }

    /// What happened under one key, oldest first, and until when that matters.
    private struct Recent {
        var times: [Int64] = []
        var matters: Int64 = 0
    }

    private var recent: [String: Recent] = [:]
    /// At how many keys those that do not matter any more are dropped.
    private var sweepAt = 10_000

    /// Counts one more under `key`, unless a rule forbids it: then returns how many milliseconds to wait.
    mutating func admit(_ key: String, rules: [Rule], now: Int64) -> Int64? {
        let active = rules.filter { $0.count > 0 }
        guard let longest = active.map(\.milliseconds).max() else { return nil }
        var times = recent[key]?.times ?? []
        if let kept = times.firstIndex(where: { $0 > now - longest }) {
            times.removeFirst(kept)
        } else {
            times.removeAll()
        }
        let waits = active.compactMap { rule -> Int64? in
            guard times.count >= rule.count else { return nil }
            let oldest = times[times.count - rule.count]
            return oldest > now - rule.milliseconds ? oldest + rule.milliseconds - now : nil
        }
        if let wait = waits.max() {
            recent[key] = Recent(times: times, matters: now + longest)
            return wait
        }
        times.append(now)
        recent[key] = Recent(times: times, matters: now + longest)
        if recent.count >= sweepAt {
            recent = recent.filter { $0.value.matters > now }
            sweepAt = max(10_000, recent.count * 2)
        }
        return nil
    }
}
