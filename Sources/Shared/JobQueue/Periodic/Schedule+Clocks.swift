import TimeZones

extension Schedule {
    private static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// What the clocks of its zone show at a time, such as `Fri 2026-11-27 09:00`; nil for an interval, which has no zone.
    package func clocks(at time: WireTime) -> String? {
        guard case .cron(_, let zone) = timing else { return nil }
        let shown = zone.civil(at: time.milliseconds)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(Self.dayNames[shown.weekday - 1]) \(shown.year)-\(two(shown.month))-\(two(shown.day))"
        return "\(day) \(two(shown.hour)):\(two(shown.minute))"
    }
}
