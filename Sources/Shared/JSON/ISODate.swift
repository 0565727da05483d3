/// A moment as ISO 8601 writes it, to the nanosecond, as seconds since 1970 in UTC.
package struct ISODate: Hashable, Sendable {
    package var seconds: Int64
    /// 0 to 999,999,999.
    package var nanoseconds: Int64

    package init(seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Reads ISO 8601 as Python's `datetime.fromisoformat` and Celery write and accept it: with and without fraction (1
    /// to 9 digits, behind a point or a comma; more are cut off), `Z`, any offset, none (UTC), a blank for the `T`, the
    /// compact form, and a date alone. Nil where the text is no such date.
    package init?(_ text: String) {
        var digits = DateDigits(Array(text.utf8))
        guard let year = digits.number(4) else { return nil }
        digits.skip(UInt8(ascii: "-"))
        guard let month = digits.number(2), (1...12).contains(month) else { return nil }
        digits.skip(UInt8(ascii: "-"))
        guard let day = digits.number(2), (1...Self.length(ofMonth: month, year: year)).contains(day) else {
            return nil
        }
        seconds = Self.days(year: year, month: month, day: day) * 86_400
        nanoseconds = 0
        if digits.skip(UInt8(ascii: "T")) || digits.skip(UInt8(ascii: " ")) {
            guard let time = digits.timeOfDay() else { return nil }
            seconds += time.seconds
            nanoseconds = time.nanoseconds
        }
        guard let offset = digits.offset(), digits.isAtEnd else { return nil }
        seconds -= offset
    }

    /// In UTC with `+00:00`, and microseconds where there are any, as Python writes it.
    package var text: String {
        let microseconds = nanoseconds / 1000
        let fraction = microseconds == 0 ? "" : "." + Self.padded(microseconds, 6)
        return Self.text(toSecondsOf: seconds) + fraction + "+00:00"
    }

    /// `YYYY-MM-DDTHH:MM:SS` in UTC.
    package static func text(toSecondsOf seconds: Int64) -> String {
        let (days, rest) = seconds.quotientAndRemainder(floor: 86_400)
        let (year, month, day) = civil(days: days)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
            + "\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func length(ofMonth month: Int64, year: Int64) -> Int64 {
        let next = month == 12 ? days(year: year + 1, month: 1, day: 1) : days(year: year, month: month + 1, day: 1)
        return next - days(year: year, month: month, day: 1)
    }

    /// Days since 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant's algorithm).
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let (era, dayOfEra) = shifted.quotientAndRemainder(floor: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.quotientAndRemainder(floor: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

/// Reads the parts of an ISO 8601 text from left to right.
private struct DateDigits {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    @discardableResult
    mutating func skip(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    mutating func number(_ width: Int) -> Int64? {
        guard index + width <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[index..<index + width] {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        index += width
        return value
    }

    /// Since midnight.
    mutating func timeOfDay() -> (seconds: Int64, nanoseconds: Int64)? {
        guard let hour = number(2), hour < 24 else { return nil }
        skip(UInt8(ascii: ":"))
        guard let minute = number(2), minute < 60 else { return nil }
        skip(UInt8(ascii: ":"))
        let second = number(2) ?? 0
        guard second <= 60 else { return nil }
        var fraction: Int64 = 0
        if skip(UInt8(ascii: ".")) || skip(UInt8(ascii: ",")) {
            var scale: Int64 = 100_000_000
            guard let first = number(1) else { return nil }
            fraction = first * scale
            while let digit = number(1) {
                scale /= 10
                fraction += digit * scale
            }
        }
        return (hour * 3600 + minute * 60 + second, fraction)
    }

    /// Seconds east of UTC; 0 where the text has none.
    mutating func offset() -> Int64? {
        if isAtEnd || skip(UInt8(ascii: "Z")) || skip(UInt8(ascii: "z")) { return 0 }
        let sign: Int64 = skip(UInt8(ascii: "-")) ? -1 : 1
        if sign == 1, !skip(UInt8(ascii: "+")) { return nil }
        guard let hours = number(2), hours < 24 else { return nil }
        skip(UInt8(ascii: ":"))
        return sign * (hours * 60 + (number(2) ?? 0)) * 60
    }
}

extension Int64 {
    package func quotientAndRemainder(floor divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
