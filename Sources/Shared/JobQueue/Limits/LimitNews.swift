import JSON

/// What a task tells of its limits as it ends.
struct LimitNews: Sendable, Hashable {
    /// Units it spent in truth, in place of those it was thought to cost.
    var spent: [LimitName: Int] = [:]
    /// How long a limit hands out nothing, since the other side said so.
    var pauses: [LimitName: Duration] = [:]

    var isEmpty: Bool { spent.isEmpty && pauses.isEmpty }

    /// As the cycle script reads it; nothing where there is none.
    var bytes: [UInt8] {
        guard !isEmpty else { return [] }
        var spentUnits = JSONObject()
        var pauseTimes = JSONObject()
        for (name, units) in spent { spentUnits[name.rawValue] = .integer(Int64(units)) }
        for (name, time) in pauses { pauseTimes[name.rawValue] = .integer(max(0, time.milliseconds)) }
        return JSONValue.object(["spent": .object(spentUnits), "pause": .object(pauseTimes)]).bytes
    }
}
