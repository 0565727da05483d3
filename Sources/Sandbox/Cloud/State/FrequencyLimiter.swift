/// Counts what happened under each key within sliding windows.
struct FrequencyLimiter: Sendable {
    /// At most `count` within `milliseconds`; a count of 0 means no limit.
    struct Rule {
        let count: Int
        let milliseconds: Int64
    }

    private var times: [String: [Int64]] = [:]

    /// Counts one more under `key`, unless a rule forbids it: then returns how many milliseconds to wait.
    mutating func admit(_ key: String, rules: [Rule], now: Int64) -> Int64? {
        let active = rules.filter { $0.count > 0 }
        guard let longest = active.map(\.milliseconds).max() else { return nil }
        var recent = times[key, default: []]
        recent.removeAll { $0 <= now - longest }
        let waits = active.compactMap { rule -> Int64? in
            guard recent.count >= rule.count else { return nil }
            let oldest = recent[recent.count - rule.count]
            return oldest > now - rule.milliseconds ? oldest + rule.milliseconds - now : nil
        }
        if let wait = waits.max() {
            times[key] = recent
            return wait
        }
        recent.append(now)
        times[key] = recent
        if times.count > 10_000 { times = times.filter { ($0.value.last ?? 0) > now - longest } }
        return nil
    }
}
