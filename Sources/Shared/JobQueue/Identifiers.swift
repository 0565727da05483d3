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
    static func random() -> Incarnation { Incarnation(RandomUUID.text()) }
    public var description: String { rawValue }
}

/// Random UUIDs as text, without Foundation.
enum RandomUUID {
    static func text() -> String {
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & ~0xF000 | 0x4000
        let low = generator.next() & ~(0xC0 << 56) | (0x80 << 56)
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var index = 0
            for (word, dashes) in [(high, [8, 13]), (low, [18, 23])] as [(UInt64, [Int])] {
                if index == 18 {
                    buffer[index] = UInt8(ascii: "-")
                    index += 1
                }
                for shift in stride(from: 60, through: 0, by: -4) {
                    if dashes.contains(index) {
                        buffer[index] = UInt8(ascii: "-")
                        index += 1
                    }
                    let nibble = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
                    buffer[index] = nibble < 10 ? 48 + nibble : 87 + nibble
                    index += 1
                }
            }
            return index
        }
    }
}
