/// One thing that is wrong with a file of rules.
package struct RuleProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where: `rules[1].steps[0].say.text`.
    package let path: String
    /// What is wrong and what was expected, to follow the path.
    package let explanation: String

    package init(path: String, explanation: String) {
        self.path = path
        self.explanation = explanation
    }

    package var description: String { path.isEmpty ? explanation : "\(path): \(explanation)" }
}

/// Everything that is wrong with one.
package struct RuleProblems: Error, Sendable, Equatable, CustomStringConvertible {
    package let problems: [RuleProblem]

    package init(problems: [RuleProblem]) { self.problems = problems }

    package var description: String { problems.map(\.description).joined(separator: "; ") }
}
