import Glibc
package import JSON

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
        let (seconds, fraction) = milliseconds.quotientAndRemainder(floor: 1000)
        let digits = String(fraction)
        let padding = String(repeating: "0", count: 3 - digits.count)
        return "\(ISODate.text(toSecondsOf: seconds)).\(padding)\(digits)+00:00"
    }

    /// Reads ISO 8601 as Celery writes and accepts it: with and without fraction, `Z`, any offset, none (UTC),
    /// a blank for the `T`, and the compact form. What is less than a millisecond is cut off. Nil where the text is no
    /// such date.
    public init?(_ text: String) {
        guard let date = ISODate(text) else { return nil }
        milliseconds = date.seconds * 1000 + date.nanoseconds / 1_000_000
    }
}

extension WireTime {
    /// As what reads and writes other forms of ISO 8601 takes it.
    package var date: ISODate {
        let (seconds, rest) = milliseconds.quotientAndRemainder(floor: 1000)
        return ISODate(seconds: seconds, nanoseconds: rest * 1_000_000)
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
