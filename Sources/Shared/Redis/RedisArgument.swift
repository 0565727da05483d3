/// A value that can be one argument of a Redis command.
package protocol RedisArgument: Sendable {
    /// Length of the argument on the wire, in bytes.
    var redisByteCount: Int { get }
    /// Appends exactly ``redisByteCount`` bytes.
    func appendRedisBytes(to buffer: inout [UInt8])
}

extension String: RedisArgument {
    package var redisByteCount: Int { utf8.count }
    package func appendRedisBytes(to buffer: inout [UInt8]) { buffer.append(contentsOf: utf8) }
}

extension Substring: RedisArgument {
    package var redisByteCount: Int { utf8.count }
    package func appendRedisBytes(to buffer: inout [UInt8]) { buffer.append(contentsOf: utf8) }
}

extension [UInt8]: RedisArgument {
    package var redisByteCount: Int { count }
    package func appendRedisBytes(to buffer: inout [UInt8]) { buffer.append(contentsOf: self) }
}

extension ArraySlice<UInt8>: RedisArgument {
    package var redisByteCount: Int { count }
    package func appendRedisBytes(to buffer: inout [UInt8]) { buffer.append(contentsOf: self) }
}

extension Int: RedisArgument {}
extension Int64: RedisArgument {}
extension UInt64: RedisArgument {}
extension UInt32: RedisArgument {}

extension FixedWidthInteger {
    package var redisByteCount: Int { DecimalText.count(magnitude) + (self < 0 ? 1 : 0) }
    package func appendRedisBytes(to buffer: inout [UInt8]) {
        if self < 0 { buffer.append(UInt8(ascii: "-")) }
        DecimalText.append(magnitude, to: &buffer)
    }
}

extension Double: RedisArgument {
    package var redisByteCount: Int { description.utf8.count }
    package func appendRedisBytes(to buffer: inout [UInt8]) { buffer.append(contentsOf: description.utf8) }
}

/// Decimal digits of unsigned integers, without a `String` in between.
enum DecimalText {
    static func count(_ value: some UnsignedInteger) -> Int {
        var rest = UInt64(value)
        var digits = 1
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        return digits
    }

    /// From the first digit on: turning digits round in place would copy them into an array of their own.
    static func append(_ value: some UnsignedInteger, to buffer: inout [UInt8]) {
        let value = UInt64(value)
        var place: UInt64 = 1
        while value / place >= 10 { place *= 10 }
        while place > 0 {
            buffer.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / place % 10))
            place /= 10
        }
    }
}
