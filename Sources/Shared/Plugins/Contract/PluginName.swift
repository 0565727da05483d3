/// What a plugin is called: lower-case letters, digits and `-` between them, at most 64 characters.
package struct PluginName: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let rawValue: String

    /// Nil for what is no such name.
    package init?(_ text: some StringProtocol) {
        guard (1...64).contains(text.utf8.count), text.first != "-", text.last != "-",
            text.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            })
        else { return nil }
        rawValue = String(text)
    }

    package var description: String { rawValue }

    package static func < (left: PluginName, right: PluginName) -> Bool { left.rawValue < right.rawValue }

    /// What names look like, to follow the word "expected".
    package static let expectation = "lower-case letters, digits and '-' between them, at most 64 characters"
}
