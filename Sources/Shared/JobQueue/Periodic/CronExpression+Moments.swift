package import TimeZones

extension CronExpression {
    /// The first moment after another at which the clocks of a zone show what this means; both in seconds since 1970.
    ///
    /// Where clocks are set ahead, what would have been in the hour that is left out happens at the moment after it, once.
    /// Where they are set back, what is in the hour that comes again happens the first time alone. One that means every
    /// hour follows time itself instead: it leaves out what no clock shows, and happens in both of the hours.
    ///
    /// - Returns: nil where there is none within nine years.
    package func next(after moment: Int, in zone: TimeZoneRules) -> Int? {
        var offset = zone.offset(at: moment)
        var change = zone.change(after: moment)
        var start = Self.minute(holding: moment + offset) + 1
        // Whether the hour of this moment is there for the second time.
        if !isHourly, let latest = zone.change(atOrBefore: moment, within: Self.longestRepetition),
            latest.after < latest.before
        {
            start = max(start, Self.firstMinute(notBefore: latest.at + latest.before))
        }
        while let found = firstMinute(from: start) {
            let result = found * 60 - offset
            guard let next = change, result >= next.at else { return result }
            if isHourly {
                start = Self.firstMinute(notBefore: next.at + next.after)
            } else {
                if found * 60 < next.at + next.after { return next.at }
                start = Self.firstMinute(notBefore: next.at + max(next.before, next.after))
            }
            offset = next.after
            change = zone.change(after: next.at)
        }
        return nil
    }

    /// A day, by which the date line was moved; else clocks go back by an hour or less.
    private static let longestRepetition = 90_000

    private static func minute(holding seconds: Int) -> Int {
        seconds >= 0 ? seconds / 60 : -((59 - seconds) / 60)
    }

    private static func firstMinute(notBefore seconds: Int) -> Int { minute(holding: seconds + 59) }
}
