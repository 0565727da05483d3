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

    package mutating func removeAll(keepingCapacity: Bool) {
        bytes.removeAll(keepingCapacity: keepingCapacity)
        count = 0
    }
}
