import JSON

/// Why a queue hands out nothing: the value of `{q}:paused`.
///
/// Any value pauses; what is none of ours, such as one set by hand, tells nothing more.
public struct QueuePause: Sendable, Equatable {
    public let at: WireTime?
    /// Who asked for it, such as `user@host`.
    public let by: String?
    public let reason: String?

    public init(at: WireTime? = .now, by: String?, reason: String?) {
        self.at = at
        self.by = by
        self.reason = reason
    }

    init(reading bytes: [UInt8]) {
        let value = try? JSONValue(parsing: bytes)
        at = value?["at"]?.string.flatMap { WireTime($0) }
        by = value?["by"]?.string
        reason = value?["reason"]?.string
    }

    var bytes: [UInt8] {
        let value: JSONValue = [
            "at": at.map { .string($0.text) } ?? .null, "by": by.map { .string($0) } ?? .null,
            "reason": reason.map { .string($0) } ?? .null,
        ]
        return value.bytes
    }
}
