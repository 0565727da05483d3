/// Arguments in the form they have on the wire, put together one after the other.
///
/// No value is made for an argument, so a command may have hundreds, and the storage can be used for the next one.
package struct RedisArguments: Sendable, ExpressibleByArrayLiteral {
    package private(set) var count = 0
    /// Each as a RESP2 bulk string.
    private(set) var bytes: [UInt8] = []

    package init() {}

    package init(arrayLiteral elements: any RedisArgument...) {
        for element in elements { append(element) }
    }

    package mutating func append(_ argument: some RedisArgument) {
        RedisCommand.append(argument, to: &bytes)
        count += 1
    }

    package mutating func append(contentsOf others: RedisArguments) {
        bytes += others.bytes
        count += others.count
    }

    package mutating func removeAll(keepingCapacity: Bool) {
        bytes.removeAll(keepingCapacity: keepingCapacity)
        count = 0
    }
}

extension RedisArguments {
    /// These keys and one more in the slot of the first, which never exists.
    ///
    /// While a Cluster moves a slot, a script may run on either side as long as all keys that it declares are there;
    /// what it makes of other keys of the slot is then wrong, or fails when half is done. With a declared key that is
    /// missing for certain the server refuses it whole (`TRYAGAIN`) until the slot has moved.
    var guarded: RedisArguments {
        guard count > 0, let start = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return self }
        let length = bytes[1..<start - 1].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        var copy = self
        copy.append(
            Array("{".utf8) + HashSlot.tag(of: bytes[(start + 1)..<(start + 1 + length)]) + Array("}:nothing".utf8)
        )
        return copy
    }
}
