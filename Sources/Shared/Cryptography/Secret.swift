/// A value that no log, error or dump may show: it prints as `***`, and comparing takes constant time.
package struct Secret: Sendable {
    /// The value itself. Hand it to the one call that needs it, and keep no copy.
    package let value: String

    package init(_ value: String) { self.value = value }

    /// Whether there is nothing in it, as when a setting was left blank.
    package var isEmpty: Bool { value.isEmpty }
}

extension Secret: Equatable {
    package static func == (left: Secret, right: Secret) -> Bool {
        constantTimeEquals(left.value.utf8, right.value.utf8)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }
    package var debugDescription: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
