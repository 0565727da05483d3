import Glibc

/// A moment on the wire: milliseconds since 1970, UTC.
///
/// Celery writes ISO 8601 (see `text`); scores of sorted sets are milliseconds.
public struct WireTime: Hashable, Comparable, Sendable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (left: WireTime, right: WireTime) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment `duration` later; far beyond any calendar it stays at the limit.
    public func advanced(by duration: Duration) -> WireTime {
        let (sum, overflow) = milliseconds.addingReportingOverflow(duration.milliseconds)
        return WireTime(milliseconds: overflow ? .max : sum)
    }

    /// ISO 8601 in UTC with milliseconds, as Python's `datetime.fromisoformat` reads it.
    public var text: String {
        let (days, rest) = milliseconds.quotientAndRemainder(floor: 86_400_000)
        let (year, month, day) = Self.civil(days: days)
        let fraction = rest % 1000
        let second = rest / 1000
        func pad(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T"
            + "\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2)).\(pad(fraction, 3))+00:00"
    }

    /// Reads ISO 8601 as Celery writes and accepts it: with and without fraction, `Z`, any offset, none (UTC),
    /// a blank for the `T`, and the compact form. Nil where the text is no such date.
    public init?(_ text: String) {
        var digits = DateDigits(Array(text.utf8))
        guard let year = digits.number(4) else { return nil }
        digits.skip(UInt8(ascii: "-"))
        guard let month = digits.number(2), (1...12).contains(month) else { return nil }
        digits.skip(UInt8(ascii: "-"))
        guard let day = digits.number(2), (1...31).contains(day) else { return nil }
        var milliseconds = Self.days(year: year, month: month, day: day) * 86_400_000
        if digits.skip(UInt8(ascii: "T")) || digits.skip(UInt8(ascii: " ")) {
            guard let time = digits.timeOfDay() else { return nil }
            milliseconds += time
        }
        guard let offset = digits.offset(), digits.isAtEnd else { return nil }
        self.milliseconds = milliseconds - offset
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

    /// Milliseconds since midnight.
    mutating func timeOfDay() -> Int64? {
        guard let hour = number(2), hour < 24 else { return nil }
        skip(UInt8(ascii: ":"))
        guard let minute = number(2), minute < 60 else { return nil }
        skip(UInt8(ascii: ":"))
        let second = number(2) ?? 0
        guard second <= 60 else { return nil }
        var fraction: Int64 = 0
        if skip(UInt8(ascii: ".")) || skip(UInt8(ascii: ",")) {
            var scale: Int64 = 100
            guard let first = number(1) else { return nil }
            fraction = first * scale
            while let digit = number(1) {
                scale /= 10
                fraction += digit * scale
            }
        }
        return (hour * 3600 + minute * 60 + second) * 1000 + fraction
    }

    /// Milliseconds east of UTC; 0 where the text has none.
    mutating func offset() -> Int64? {
        if isAtEnd || skip(UInt8(ascii: "Z")) { return 0 }
        let sign: Int64 = skip(UInt8(ascii: "-")) ? -1 : 1
        if sign == 1, !skip(UInt8(ascii: "+")) { return nil }
        guard let hours = number(2) else { return nil }
        skip(UInt8(ascii: ":"))
        return sign * (hours * 60 + (number(2) ?? 0)) * 60_000
    }
}

extension Int64 {
    fileprivate func quotientAndRemainder(floor divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension Duration {
    /// Whole milliseconds, clamped to 64 bits.
    package var milliseconds: Int64 {
        let (product, overflow) = components.seconds.multipliedReportingOverflow(by: 1000)
        return overflow
            ? (components.seconds > 0 ? .max : .min) : product + components.attoseconds / 1_000_000_000_000_000
    }
}

extension WireTime {
    /// This machine's clock.
    public static var now: WireTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WireTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
