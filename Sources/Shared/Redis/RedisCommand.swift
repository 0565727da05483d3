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
        self.init(name, label: name, head: [], arguments: arguments)
    }

    /// Encodes `name`, `head`, then `arguments`; `label` is what errors call it, where that is more than its name.
    init(_ name: String, label: String, head: [String], arguments: [any RedisArgument]) {
        var size = 1 + 20 + 2 + Self.framedByteCount(name.utf8.count)
        for argument in head { size += Self.framedByteCount(argument.utf8.count) }
        for argument in arguments { size += Self.framedByteCount(argument.redisByteCount) }

        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        Self.appendCount(1 + head.count + arguments.count, marker: UInt8(ascii: "*"), to: &bytes)
        Self.append(name, to: &bytes)
        for argument in head { Self.append(argument, to: &bytes) }
        for argument in arguments { Self.append(argument, to: &bytes) }
        self.name = label
        self.bytes = bytes
    }

    private static func framedByteCount(_ count: Int) -> Int { 1 + DecimalText.count(UInt(count)) + 2 + count + 2 }

    private static func append(_ argument: some RedisArgument, to bytes: inout [UInt8]) {
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
