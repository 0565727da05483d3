package import JSON
import TimeZones

/// When a periodic job is to happen.
public struct Schedule: Sendable, Hashable, CustomStringConvertible {
    enum Timing: Sendable {
        /// Whole seconds, counted from a time.
        case interval(seconds: Int64)
        case cron(CronExpression, TimeZoneRules)
    }

    let timing: Timing

    /// The longest time between two.
    static let longestInterval = 366 * 86_400

    /// Every so many whole seconds, counted from the start of the job that has it, or from 1970: so `interval(.seconds(3600))`
    /// is on the hour of UTC, on every machine and through every restart.
    ///
    /// - Throws: `ScheduleProblem` unless it is whole seconds, from one to a year.
    public static func interval(_ duration: Duration) throws(ScheduleProblem) -> Schedule {
        let (seconds, rest) = duration.components
        guard rest == 0, (1...Int64(longestInterval)).contains(seconds) else {
            throw ScheduleProblem("every", "expected whole seconds, from 1 to \(longestInterval) (a year)")
        }
        return Schedule(timing: .interval(seconds: seconds))
    }

    /// What five fields of cron say, by the clocks of a zone.
    ///
    /// - Parameters:
    ///   - expression: Such as `0 9 * * MON-FRI`, or `@daily`.
    ///   - zone: Of the tz database, such as `Asia/Shanghai`.
    /// - Returns: The schedule.
    /// - Throws: `ScheduleProblem` for an expression that is none or means no day, and where this machine knows no such
    ///   zone.
    public static func cron(_ expression: String, zone: String = "UTC") throws(ScheduleProblem) -> Schedule {
        let cron = try CronExpression(expression)
        guard let rules = TimeZoneRules(named: zone) else {
            throw ScheduleProblem(
                "zone",
                "no time zone \(ScheduleProblem.quote(zone)) in this machine's database; expected such as "
                    + "Asia/Shanghai or UTC, and the package tzdata"
            )
        }
        return Schedule(timing: .cron(cron, rules))
    }

    /// The first time after another; of an interval, counted from `anchor`.
    package func next(after time: WireTime, anchor: WireTime? = nil) -> WireTime? {
        switch timing {
        case .interval(let seconds):
            let (step, start) = (seconds * 1_000, anchor?.milliseconds ?? 0)
            let (gone, overflow) = time.milliseconds.subtractingReportingOverflow(start)
            guard !overflow else { return nil }
            let count = gone >= 0 ? gone / step + 1 : -((-gone - 1) / step)
            return WireTime(milliseconds: start + count * step)
        case .cron(let cron, let zone):
            let seconds = time.milliseconds >= 0 ? time.milliseconds / 1_000 : -((999 - time.milliseconds) / 1_000)
            return cron.next(after: Int(seconds), in: zone).map { WireTime(milliseconds: Int64($0) * 1_000) }
        }
    }

    /// As an operator reads it: `every 60 s`, `0 9 * * 1-5 (Asia/Shanghai)`.
    public var description: String {
        switch timing {
        case .interval(let seconds): "every \(seconds) s"
        case .cron(let cron, let zone): "\(cron.text) (\(zone.name))"
        }
    }

    // MARK: In Redis

    package var json: JSONValue {
        switch timing {
        case .interval(let seconds): ["every": .integer(seconds)]
        case .cron(let cron, let zone): ["cron": .string(cron.text), "zone": .string(zone.name)]
        }
    }

    /// - Throws: `ScheduleProblem` for what is none, and as the makers do.
    package init(_ json: JSONValue?) throws(ScheduleProblem) {
        if let cron = json?["cron"]?.string {
            self = try .cron(cron, zone: json?["zone"]?.string ?? "UTC")
        } else if let every = json?["every"]?.integer {
            self = try .interval(.seconds(every))
        } else {
            throw ScheduleProblem("schedule", "expected {\"every\": seconds} or {\"cron\": text, \"zone\": name}")
        }
    }

    private init(timing: Timing) { self.timing = timing }

    public static func == (left: Schedule, right: Schedule) -> Bool { left.description == right.description }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
