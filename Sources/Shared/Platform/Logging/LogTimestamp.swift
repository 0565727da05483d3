#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A moment in UTC, to the microsecond, as RFC 3339 writes it.
struct LogTimestamp {
    private let seconds: Int
    private let microseconds: Int

    init(seconds: Int, microseconds: Int) {
        self.seconds = seconds
        self.microseconds = microseconds
    }

    static func now() -> LogTimestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTimestamp(seconds: Int(time.tv_sec), microseconds: Int(time.tv_nsec) / 1_000)
    }

    /// Appends `2026-11-23T17:05:09.000123Z`.
    func append(to line: inout [UInt8]) {
        // Days to a date of the Gregorian calendar, with years that begin in March so that the leap day comes last.
        let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        Self.append(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), digits: 4, to: &line)
        line.append(UInt8(ascii: "-"))
        Self.append(month, digits: 2, to: &line)
        line.append(UInt8(ascii: "-"))
        Self.append(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, digits: 2, to: &line)
        line.append(UInt8(ascii: "T"))
        appendTime(to: &line)
        line.append(UInt8(ascii: "Z"))
    }

    /// Appends `17:05:09.000123`.
    func appendTime(to line: inout [UInt8]) {
        let secondOfDay = ((seconds % 86_400) + 86_400) % 86_400
        Self.append(secondOfDay / 3_600, digits: 2, to: &line)
        line.append(UInt8(ascii: ":"))
        Self.append(secondOfDay / 60 % 60, digits: 2, to: &line)
        line.append(UInt8(ascii: ":"))
        Self.append(secondOfDay % 60, digits: 2, to: &line)
        line.append(UInt8(ascii: "."))
        Self.append(microseconds, digits: 6, to: &line)
    }

    private static func append(_ number: Int, digits: Int, to line: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            line.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}
