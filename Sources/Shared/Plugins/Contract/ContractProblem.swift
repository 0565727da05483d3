/// Something in a document that is not as the contract wants it.
package struct ContractProblem: Sendable, Equatable, CustomStringConvertible {
    /// JSON Pointer (RFC 6901) to the place; empty for the document itself.
    package let pointer: String
    /// What was expected there, without the value.
    package let explanation: String

    package init(_ pointer: String, _ explanation: String) {
        self.pointer = pointer
        self.explanation = explanation
    }

    package var description: String { "\(pointer.isEmpty ? "(document)" : pointer): \(explanation)" }
}

/// All that is wrong with a document.
package struct ContractProblems: Error, Sendable, Equatable, CustomStringConvertible {
    package let problems: [ContractProblem]

    package init(_ problems: [ContractProblem]) { self.problems = problems }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
