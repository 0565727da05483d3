/// Whose tasks take turns with those of others: a tenant, a customer, a chat.
///
/// While tasks of several keys wait in a queue they are handed out in turns, to each key as many as its weight says
/// (``FairTurns``), however many each has put there. Tasks of one key keep their order. Keys count within one queue.
public struct FairnessKey: Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    /// Makes a key of any text: what could not stand in a Redis key or in JSON as it is, is written as `%` and two
    /// hexadecimal digits, and so is `%` itself.
    ///
    /// Nil for an empty text and for one over 256 bytes when written so.
    public init?(_ text: String) {
        guard let key = KeyText.escaped(text) else { return nil }
        rawValue = key
    }

    /// A key as Redis holds it; nil where it is none that `init(_:)` makes.
    init?(wire text: String) {
        guard KeyText.isPlain(text) else { return nil }
        rawValue = text
    }

    public var description: String { rawValue }
}
