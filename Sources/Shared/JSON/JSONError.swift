/// Why a text is not the JSON that was expected.
///
/// Carries a position and never a piece of the text, so it is safe to log.
public struct JSONError: Error, Equatable, CustomStringConvertible, Sendable {
    public enum Code: String, Sendable {
        /// The text breaks JSON's grammar (RFC 8259) or is not UTF-8.
        case malformed
        /// The text ends inside a value.
        case truncated
        /// Arrays and objects are nested deeper than allowed.
        case tooDeep
        /// Valid JSON, but not the type that was asked for.
        case unexpectedType
    }

    public let code: Code
    /// Bytes from the start of the text.
    public let offset: Int

    public init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }

    public var description: String { "JSON is \(code.rawValue) at byte \(offset)" }
}
