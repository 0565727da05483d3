/// Something in a value that the schema does not allow, or something in a schema that is none.
package struct SchemaProblem: Sendable, Equatable, CustomStringConvertible {
    /// JSON Pointer (RFC 6901) to the place; empty for the document itself. Where a member is missing, to where it would be.
    package let pointer: String
    /// The keyword of the schema that says so, such as `minimum`; empty where it is a bound of ours.
    package let keyword: String
    /// What was expected. It quotes the value, at most 60 characters of it, unless the schema says that it is secret; no
    /// text at all where anything in the schema is.
    package let explanation: String

    package init(pointer: String, keyword: String, explanation: String) {
        self.pointer = pointer
        self.keyword = keyword
        self.explanation = explanation
    }

    package var description: String { "\(pointer.isEmpty ? "(document)" : pointer): \(explanation)" }
}

/// All that is wrong with a schema.
package struct SchemaProblems: Error, Sendable, Equatable, CustomStringConvertible {
    package let problems: [SchemaProblem]

    package init(_ problems: [SchemaProblem]) { self.problems = problems }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
