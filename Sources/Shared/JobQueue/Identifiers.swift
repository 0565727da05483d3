/// The id of a task: the same through all its retries and redeliveries.
///
/// Celery writes a lower-case UUID; any non-empty text is accepted.
public struct TaskID: Hashable, Sendable, Codable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let rawValue: String

    public init(_ rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    /// A new random id (UUID version 4, lower case).
    public static func random() -> TaskID { TaskID(RandomUUID.text()) }

    public init(from decoder: any Decoder) throws { rawValue = try String(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try rawValue.encode(to: encoder) }
    public var description: String { rawValue }
}

/// The name under which a job is known on the wire, such as `minutes.generate`.
public struct TaskName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let rawValue: String

    public init(_ rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }
    public var description: String { rawValue }
}

/// The name of a queue, which is the name of its Redis list.
public struct QueueName: Hashable, Sendable, Codable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let rawValue: String

    public init(_ rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    public init(from decoder: any Decoder) throws { rawValue = try String(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try rawValue.encode(to: encoder) }
    public var description: String { rawValue }
}

/// One life of one worker: made at its start, registered once, never used again after its lease ended.
public struct Incarnation: Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    init(_ rawValue: String) { self.rawValue = rawValue }

    /// Reads what ``rawValue`` wrote: a lower-case UUID, else nil.
    public init?(parsing text: some StringProtocol) {
        let hyphens = [8, 13, 18, 23]
        guard text.utf8.count == 36 else { return nil }
        for (index, byte) in text.utf8.enumerated() {
            let isRight =
                switch byte {
                case UInt8(ascii: "-"): hyphens.contains(index)
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
                    !hyphens.contains(index)
                default: false
                }
            guard isRight else { return nil }
        }
        rawValue = String(text)
    }

    static func random() -> Incarnation { Incarnation(RandomUUID.text()) }
    public var description: String { rawValue }
}
