/// What is wrong with a model's reply, in words that the model can act on.
///
/// Tells a place and a rule and nothing of what the reply holds, so it is safe to log.
package struct ReplyProblem: Sendable, Equatable, Hashable, Codable, CustomStringConvertible {
    /// Where, as a JSON Pointer (RFC 6901) such as `/facts/3/utterances`; empty for the whole reply.
    package let pointer: String
    /// What must be so, such as `must be a list`.
    package let words: String

    package init(at pointer: String, _ words: String) {
        self.pointer = pointer
        self.words = words
    }

    package var description: String { pointer.isEmpty ? "the reply: \(words)" : "\(pointer): \(words)" }
}
