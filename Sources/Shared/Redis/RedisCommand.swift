/// One command, encoded once into the bytes that go over the wire.
///
/// The encoding is RESP2's array of bulk strings (redis.io, "Redis serialization protocol"), so arguments may hold
/// any bytes and nothing in them can start another command.
package struct RedisCommand: Sendable {
    /// What errors and logs call the command; the only part of it they ever show.
    package let name: String
    /// The whole request.
    let bytes: [UInt8]

    package init(_ name: String, _ arguments: any RedisArgument...) {
        self.init(name, arguments: arguments)
    }

    package init(_ name: String, arguments: [any RedisArgument]) {
        var bytes: [UInt8] = []
        let size = arguments.reduce(Self.framedByteCount(name.utf8.count)) {
            $0 + Self.framedByteCount($1.redisByteCount)
        }
        bytes.reserveCapacity(Self.countByteCount + size)
        Self.appendCount(1 + arguments.count, marker: UInt8(ascii: "*"), to: &bytes)
        Self.append(name, to: &bytes)
        for argument in arguments { Self.append(argument, to: &bytes) }
        self.name = name
        self.bytes = bytes
    }

    /// Joins `head` and arguments that are encoded already; `label` is what errors call the command.
    init(label: String, head: [String], arguments: [RedisArguments]) {
        var bytes: [UInt8] = []
        let size = head.reduce(0) { $0 + Self.framedByteCount($1.utf8.count) }
        bytes.reserveCapacity(arguments.reduce(Self.countByteCount + size) { $0 + $1.bytes.count })
        Self.appendCount(arguments.reduce(head.count) { $0 + $1.count }, marker: UInt8(ascii: "*"), to: &bytes)
        for argument in head { Self.append(argument, to: &bytes) }
        for part in arguments { bytes += part.bytes }
        self.name = label
        self.bytes = bytes
    }

    /// The most that the line with the number of arguments takes.
    private static let countByteCount = 1 + 20 + 2

    private static func framedByteCount(_ count: Int) -> Int { 1 + DecimalText.count(UInt(count)) + 2 + count + 2 }

    /// Appends one argument as a bulk string.
    static func append(_ argument: some RedisArgument, to bytes: inout [UInt8]) {
        appendCount(argument.redisByteCount, marker: UInt8(ascii: "$"), to: &bytes)
        argument.appendRedisBytes(to: &bytes)
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func appendCount(_ count: Int, marker: UInt8, to bytes: inout [UInt8]) {
        bytes.append(marker)
        DecimalText.append(UInt(count), to: &bytes)
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }
}
