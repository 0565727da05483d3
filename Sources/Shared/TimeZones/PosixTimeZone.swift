/// A rule for all years to come, such as `CET-1CEST,M3.5.0,M10.5.0/3`: the `TZ` of POSIX, as in the last line of a zone's
/// file (RFC 8536, section 3.3).
struct PosixTimeZone: Sendable, Equatable {
    /// The n-th weekday of a month, 5 for the last, and the seconds after midnight at which clocks change.
    struct Change: Sendable, Equatable {
        let month: Int
        let week: Int
        /// 0 for Sunday.
        let weekday: Int
        let seconds: Int

        /// Seconds since 1970 as the clocks before the change show them.
        func local(in year: Int) -> Int {
            let first = CivilTime(year: year, month: month, day: 1)
            var day = 1 + (weekday - first.weekday % 7 + 7) % 7 + (week - 1) * 7
            while day > CivilTime.days(inMonth: month, of: year) { day -= 7 }
            return CivilTime(year: year, month: month, day: day).secondsSince1970 + seconds
        }
    }

    let standard: Int
    /// nil where clocks never change.
    let summer: (offset: Int, from: Change, to: Change)?

    static func == (left: PosixTimeZone, right: PosixTimeZone) -> Bool {
        left.standard == right.standard && left.summer?.offset == right.summer?.offset
            && left.summer?.from == right.summer?.from && left.summer?.to == right.summer?.to
    }

    /// nil for what is none, or has a form that no zone of our time uses (days of the year).
    init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        var rest = parts.first.map { $0[...] } ?? ""
        guard Self.takeName(&rest), let standard = Self.takeTime(&rest) else { return nil }
        self.standard = -standard
        guard !rest.isEmpty else {
            summer = nil
            return
        }
        guard Self.takeName(&rest), parts.count == 3, let from = Self.change(parts[1]), let to = Self.change(parts[2])
        else {
            return nil
        }
        let ahead = rest.isEmpty ? -standard + 3_600 : Self.takeTime(&rest).map { -$0 }
        guard let ahead, rest.isEmpty else { return nil }
        summer = (ahead, from, to)
    }

    func offset(at seconds: Int) -> Int {
        guard let summer else { return standard }
        let year = CivilTime(secondsSince1970: seconds + standard).year
        let from = summer.from.local(in: year) - standard
        let to = summer.to.local(in: year) - summer.offset
        let isSummer = from < to ? (from..<to).contains(seconds) : !(to..<from).contains(seconds)
        return isSummer ? summer.offset : standard
    }

    /// Letters, or anything between angle brackets.
    private static func takeName(_ text: inout Substring) -> Bool {
        if text.first == "<" {
            guard let end = text.firstIndex(of: ">") else { return false }
            text = text[text.index(after: end)...]
            return true
        }
        let name = text.prefix { $0.isLetter }
        text = text[name.endIndex...]
        return name.count >= 3
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    private static func takeTime(_ text: inout Substring) -> Int? {
        let isNegative = text.first == "-"
        if text.first == "-" || text.first == "+" { text = text.dropFirst() }
        let digits = text.prefix { $0.isNumber || $0 == ":" }
        text = text[digits.endIndex...]
        let numbers = digits.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...3).contains(numbers.count), numbers.allSatisfy({ ($0 ?? -1) >= 0 && ($0 ?? 999) <= 167 }) else {
            return nil
        }
        let seconds = zip(numbers, [3_600, 60, 1]).reduce(0) { $0 + ($1.0 ?? 0) * $1.1 }
        return isNegative ? -seconds : seconds
    }

    /// `Mm.w.d[/time]`.
    private static func change(_ text: Substring) -> Change? {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2, let day = halves.first, day.first == "M" else { return nil }
        let numbers = day.dropFirst().split(separator: ".").compactMap { Int($0) }
        guard numbers.count == 3, (1...12).contains(numbers[0]), (1...5).contains(numbers[1]),
            (0...6).contains(numbers[2])
        else { return nil }
        var time = halves.count == 2 ? halves[1] : "2"
        guard let seconds = takeTime(&time), time.isEmpty else { return nil }
        return Change(month: numbers[0], week: numbers[1], weekday: numbers[2], seconds: seconds)
    }
}
