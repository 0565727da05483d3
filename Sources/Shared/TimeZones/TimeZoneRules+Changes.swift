/// A moment at which the clocks of a place are set.
package struct ClockChange: Sendable, Equatable {
    /// In seconds since 1970.
    package let at: Int
    /// Seconds ahead of UTC until then.
    package let before: Int
    /// And from then on.
    package let after: Int
}

extension TimeZoneRules {
    /// The first change after a moment, in seconds since 1970; nil where clocks are never set again.
    package func change(after moment: Int) -> ClockChange? {
        var low = 0
        var high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].since <= moment { low = middle + 1 } else { high = middle }
        }
        for index in low..<max(low, spans.count) {
            let before = index == 0 ? firstOffset : spans[index - 1].offset
            // Some entries change a zone's name alone.
            if spans[index].offset != before {
                return ClockChange(at: spans[index].since, before: before, after: spans[index].offset)
            }
        }
        return rule?.change(after: max(moment, spans.last?.since ?? moment))
    }

    /// The last change up to a moment that is not longer ago than `seconds`.
    package func change(atOrBefore moment: Int, within seconds: Int) -> ClockChange? {
        var latest: ClockChange?
        var start = moment - seconds
        while let next = change(after: start), next.at <= moment {
            latest = next
            start = next.at
        }
        return latest
    }
}

extension PosixTimeZone {
    /// The first change after a moment, in seconds since 1970; nil where there is none.
    func change(after moment: Int) -> ClockChange? {
        guard let summer, summer.offset != standard else { return nil }
        let year = CivilTime(secondsSince1970: moment + standard).year
        let changes = (year - 1...year + 1).flatMap { year in
            [
                ClockChange(at: summer.from.local(in: year) - standard, before: standard, after: summer.offset),
                ClockChange(at: summer.to.local(in: year) - summer.offset, before: summer.offset, after: standard),
            ]
        }
        return changes.filter { $0.at > moment }.min { $0.at < $1.at }
    }
}
