import JSON

/// Counts the calls of each interface, what was refused and why, and how many calls one answer took.
struct CallMeter: Sendable {
    /// Of one interface.
    private struct Count {
        var calls = 0
        /// By code; a status without a code of its own counts as the status.
        var refusals: [Int: Int] = [:]
    }

    /// Codes that say "too often".
    static let frequencyCodes: Set = [99_991_400, 230_020, 11_232, 232_019]

    private var counts: [String: Count] = [:]
    /// Calls about each message or card entity.
    private var subjects: [String: Int] = [:]
    private var order = Ring<String>()
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Calls of every interface by its name, such as `POST /open-apis/im/v1/messages`.
    var calls: [String: Int] { counts.mapValues(\.calls) }

    /// Calls about this message or card entity.
    func calls(about subject: String) -> Int { subjects[subject] ?? 0 }

    mutating func count(_ name: String) { counts[name, default: Count()].calls += 1 }

    mutating func countRefusal(_ name: String, code: Int) {
        counts[name, default: Count()].refusals[code, default: 0] += 1
    }

    /// Counts one more call about a message or card entity; the oldest subjects are forgotten beyond the limit.
    mutating func count(about subject: String) {
        if subjects[subject] == nil {
            order.append(subject)
            if order.count > limit, let oldest = order.popFirst() { subjects[oldest] = nil }
        }
        subjects[subject, default: 0] += 1
    }

    mutating func reset() { self = CallMeter(limit: limit) }

    /// Totals, those refused as too often, and each interface.
    var json: JSONValue {
        var interfaces: JSONObject = [:]
        var total: Int64 = 0
        var refused: Int64 = 0
        var tooOften: Int64 = 0
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
            var refusals: JSONObject = [:]
            for (code, number) in count.refusals.sorted(by: { $0.key < $1.key }) {
                refusals[String(code)] = .integer(Int64(number))
                refused += Int64(number)
                if Self.frequencyCodes.contains(code) { tooOften += Int64(number) }
            }
            total += Int64(count.calls)
            interfaces[name] = ["calls": .integer(Int64(count.calls)), "refusals": .object(refusals)]
        }
        return [
            "calls": .integer(total), "refusals": .integer(refused), "too_often": .integer(tooOften),
            "interfaces": .object(interfaces),
        ]
    }
}

/// The calls an app may still make this month (99991403 when used up).
struct MonthlyQuota: Sendable {
    /// nil means no limit.
    var limit: Int?
    private(set) var used = 0

    /// Counts one call; false when the quota is used up.
    mutating func take() -> Bool {
        if let limit, used >= limit { return false }
        used += 1
        return true
    }

    mutating func reset() { used = 0 }
}
