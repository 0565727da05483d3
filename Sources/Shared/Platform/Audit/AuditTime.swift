import JSON

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A moment of the audit log: milliseconds since 1970, UTC.
package struct AuditTime: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Reads what `text` writes; nil for any other text, however good a date it is.
    package init?(_ text: String) {
        guard let date = ISODate(text) else { return nil }
        self.init(milliseconds: date.seconds * 1000 + date.nanoseconds / 1_000_000)
        guard self.text == text else { return nil }
    }

    /// ISO 8601 in UTC with milliseconds, such as `2026-11-27T03:00:00.000Z`.
    package var text: String {
        let (seconds, fraction) = milliseconds.quotientAndRemainder(floor: 1000)
        let digits = String(fraction)
        return "\(ISODate.text(toSecondsOf: seconds)).\(String(repeating: "0", count: 3 - digits.count))\(digits)Z"
    }

    package static func < (left: AuditTime, right: AuditTime) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment that lies `span` before this one.
    package func before(_ span: Duration) -> AuditTime {
        AuditTime(milliseconds: milliseconds - span.components.seconds * 1000)
    }

    /// This machine's clock.
    package static func now() -> AuditTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return AuditTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
