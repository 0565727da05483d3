import JobQueue
import TimeZones
import Yams

/// Reads at what times a rule happens, as the schedule of a periodic job.
struct RuleTimesParser {
    private static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// What stands behind `on`.
    let mapping: RuleMapping
    /// Of times that name none.
    let zone: TimeZoneRules

    /// The fields of a cron expression; nil, with a problem, for what is none.
    func cron() -> Schedule? {
        for key in ["at", "days", "day"] where mapping.has(key) { mapping.note(key, "is only for schedule") }
        let zone = zoneName()
        return mapping.text("cron").flatMap { schedule($0, zone) }
    }

    /// `daily`, `weekly` or `monthly` at a time of day; nil, with a problem, for what is none.
    func schedule() -> Schedule? {
        let kind = mapping.choice("schedule", ["daily", "weekly", "monthly"])
        let clock = clock()
        let zone = zoneName()
        let days = days()
        if kind == "weekly", !mapping.has("days") { mapping.note("days", "is missing, expected with weekly") }
        if kind != "weekly", mapping.has("days") { mapping.note("days", "is only for weekly") }
        let day = mapping.integer("day", in: 1...31)
        if kind == "monthly", !mapping.has("day") { mapping.note("day", "is missing, expected with monthly") }
        if kind != "monthly", mapping.has("day") { mapping.note("day", "is only for monthly") }
        guard let kind, let (hour, minute) = clock else { return nil }
        let time = "\(minute) \(hour)"
        switch kind {
        case "daily": return schedule("\(time) * * *", zone)
        case "weekly": return days.isEmpty ? nil : schedule("\(time) * * \(days.joined(separator: ","))", zone)
        // In a month without that day on its last.
        default: return day.flatMap { schedule("\(time) \($0)\($0 > 28 ? "L" : "") * *", zone) }
        }
    }

    private func schedule(_ expression: String, _ zone: String) -> Schedule? {
        do throws(ScheduleProblem) {
            return try .cron(expression, zone: zone)
        } catch {
            mapping.note(error.field == "zone" ? "time_zone" : "cron", error.explanation)
            return nil
        }
    }

    /// The zone that is named, or the one of all; the latter, with a problem, where there is no such zone.
    private func zoneName() -> String {
        guard let name = mapping.text("time_zone") else { return zone.name }
        guard TimeZoneRules(named: name) != nil else {
            mapping.note("time_zone", "found \(name), expected a zone of the tz database such as Asia/Shanghai")
            return zone.name
        }
        return name
    }

    private func clock() -> (hour: Int, minute: Int)? {
        guard mapping.has("at") else {
            mapping.note("at", "is missing, expected with a schedule")
            return nil
        }
        // Unquoted, 09:30 is a number to base 60 in some YAML; Yams leaves it a text.
        let parts = (mapping.text("at") ?? "").split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2, (0...23).contains(parts[0]), (0...59).contains(parts[1]) else {
            mapping.note("at", "expected a time such as \"09:30\"")
            return nil
        }
        return (parts[0], parts[1])
    }

    /// Names of days as cron has them, from Monday on.
    private func days() -> [String] {
        guard let (node, path) = mapping.node("days") else { return [] }
        let days = mapping.reader.list(node, at: path, atMost: 7).compactMap { element -> Int? in
            let day = element.node.scalar.flatMap { scalar in Self.dayNames.firstIndex(of: scalar.string.lowercased()) }
            if day == nil {
                mapping.reader.note(element.path, "expected one of \(Self.dayNames.joined(separator: ", "))")
            }
            return day
        }
        if node.sequence?.isEmpty == true { mapping.reader.note(path, "expected at least one day") }
        return Set(days).sorted().map { Self.dayNames[$0].uppercased() }
    }
}
