/// What tasks have in common that must run one at a time and in the order they came: a conversation, an account.
///
/// Tasks of different keys run in parallel. Keys count within one queue.
public struct OrderingKey: Hashable, Sendable, CustomStringConvertible {
    /// The longest key, in bytes.
    public static let maximumBytes = KeyText.maximumBytes

    public let rawValue: String

    /// Makes a key of any text: what could not stand in a Redis key or in JSON as it is, is written as `%` and two
    /// hexadecimal digits, and so is `%` itself.
    ///
    /// Nil for an empty text and for one that is longer than `maximumBytes` when written so.
    public init?(_ text: String) {
        guard let key = KeyText.escaped(text) else { return nil }
        rawValue = key
    }

    /// A key as a message holds it; nil for what the scripts do not take for one either.
    init?(wire text: String) {
        guard !text.isEmpty, !text.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
        else { return nil }
        rawValue = text
    }

    public var description: String { rawValue }
}

/// What becomes of a task that would be handed out while another of its ordering key runs or waits for a retry.
public enum LanePolicy: String, Sendable, Hashable {
    /// It waits for its turn.
    case queue
    /// It takes the place of all that wait for their turn; those are dropped. One run follows the current one, with
    /// the latest arguments.
    case latest
    /// As `latest`, and the one that runs is cancelled to make way at once.
    case supersede
    /// It is dropped.
    case drop
}
