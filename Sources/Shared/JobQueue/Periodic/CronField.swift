/// One field of a cron expression: which of its numbers it admits.
struct CronField: Sendable, Hashable {
    /// What a field may hold, and what it is called.
    struct Kind: Sendable {
        let name: String
        let range: ClosedRange<Int>
        /// Names of numbers, lower case, the first for the lower bound.
        var words: [String] = []
        /// Whether 7 means 0.
        var hasSevenForZero = false
        /// Whether `L` means the last one, and `30L` the 30th or, where there is none, the last.
        var hasLast = false

        static let minute = Kind(name: "minute", range: 0...59)
        static let hour = Kind(name: "hour", range: 0...23)
        static let day = Kind(name: "day of month", range: 1...31, hasLast: true)
        static let month = Kind(
            name: "month",
            range: 1...12,
            words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        )
        static let weekday = Kind(
            name: "day of week",
            range: 0...6,
            words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
            hasSevenForZero: true
        )
    }

    /// Bit n for the number n.
    private(set) var bits: UInt64 = 0
    /// Whether it is `*`, and so says nothing.
    private(set) var isAny = false
    /// The last day of a month that is shorter than this is among them; of 31 each last day is.
    private(set) var lastOfShorter = 0

    /// Reads numbers, names, ranges, steps and lists of them.
    ///
    /// - Throws: `ScheduleProblem` of the field `cron`.
    init(_ text: Substring, _ kind: Kind) throws(ScheduleProblem) {
        isAny = text == "*"
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            if kind.hasLast, item.hasSuffix("L") || item.hasSuffix("l") {
                let day = item == "L" || item == "l" ? 31 : Self.digits(item.dropLast())
                guard let day, (29...31).contains(day) else { throw Self.problem(kind, item) }
                bits |= 1 << UInt64(day)
                lastOfShorter = max(lastOfShorter, day)
            } else {
                bits |= try Self.numbers(item, kind)
            }
        }
    }

    /// Whether every number is admitted.
    func isFull(_ kind: Kind) -> Bool { kind.range.allSatisfy(contains) }

    func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }

    /// The first admitted number that is not below this one.
    func first(from number: Int) -> Int? {
        guard number < 64 else { return nil }
        let rest = bits & (~0 << UInt64(number))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// `*`, `n`, `a-b`, each with `/step` behind it or not; `n/step` goes to the upper bound.
    private static func numbers(_ item: Substring, _ kind: Kind) throws(ScheduleProblem) -> UInt64 {
        let halves = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let extent = halves.first, !extent.isEmpty else { throw problem(kind, item) }
        var step = 1
        if halves.count == 2 {
            guard let number = digits(halves[1]), (1...59).contains(number) else {
                throw ScheduleProblem("cron", "\(kind.name): a step is 1 to 59, as in */5; got \(quote(item))")
            }
            step = number
        }
        let isStar = extent == "*"
        let ends = extent.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        var low = kind.range.lowerBound
        var high = kind.range.upperBound
        if !isStar {
            low = try number(ends[0], kind, item)
            if ends.count == 2 {
                high = try number(ends[1], kind, item)
            } else {
                if kind.hasSevenForZero, low == 7 { low = 0 }
                if halves.count == 1 { high = low }
            }
        }
        if low <= high { return bits(stride(from: low, through: high, by: step), kind) }
        guard step == 1 else {
            throw ScheduleProblem("cron", "\(kind.name): a range over the end takes no step; got \(quote(item))")
        }
        return bits(stride(from: low, through: kind.range.upperBound, by: 1), kind)
            | bits(stride(from: kind.range.lowerBound, through: high, by: 1), kind)
            // Of 7-3: Sunday to Wednesday.
            | (low == 7 ? 1 : 0)
    }

    private static func bits(_ numbers: StrideThrough<Int>, _ kind: Kind) -> UInt64 {
        numbers.reduce(0) { $0 | 1 << UInt64(kind.hasSevenForZero ? $1 % 7 : $1) }
    }

    private static func number(
        _ text: Substring,
        _ kind: Kind,
        _ item: Substring
    ) throws(ScheduleProblem) -> Int {
        if let index = kind.words.firstIndex(of: text.lowercased()) { return kind.range.lowerBound + index }
        let upper = kind.hasSevenForZero ? 7 : kind.range.upperBound
        guard let number = digits(text), (kind.range.lowerBound...upper).contains(number) else {
            throw problem(kind, item)
        }
        return number
    }

    /// Up to four decimal digits and nothing else: `Int` would take a sign, too.
    private static func digits(_ text: Substring) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }

    private static func problem(_ kind: Kind, _ item: Substring) -> ScheduleProblem {
        let upper = kind.hasSevenForZero ? 7 : kind.range.upperBound
        let words =
            kind.words.isEmpty
            ? "" : " or \(kind.words[0].uppercased()) to \(kind.words[kind.words.count - 1].uppercased())"
        let last = kind.hasLast ? ", L for the last or 30L for the last of a shorter month" : ""
        return ScheduleProblem(
            "cron",
            "\(kind.name): expected \(kind.range.lowerBound) to \(upper)\(words)\(last), "
                + "as *, 1,2, 1-5 or */2; got \(quote(item))"
        )
    }

    private static func quote(_ item: Substring) -> String { ScheduleProblem.quote(item) }
}
