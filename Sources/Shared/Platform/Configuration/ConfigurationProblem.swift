/// One thing that is wrong with the configuration, in one line, never with the value of a secret.
package struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    /// The key, or the file when it cannot be read at all.
    package let key: String
    /// Where it was found.
    package let origin: String?
    /// What was found, as it may be shown.
    package let found: String?
    /// What is wrong with it or what is expected instead.
    package let explanation: String

    init(_ key: String, in origin: String? = nil, found: String? = nil, _ explanation: String) {
        self.key = key
        self.origin = origin
        self.found = found.map(Self.inOneLine)
        self.explanation = explanation
    }

    package var description: String {
        let place = origin.map { " (\($0))" } ?? ""
        let value = found.map { "got \($0), " } ?? ""
        return "\(Self.inOneLine(key))\(place): \(value)\(explanation)"
    }

    /// Control characters become spaces; what is long is cut.
    private static func inOneLine(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard scalars.count < 120 else { return String(scalars) + "…" }
            scalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(scalars)
    }
}

/// Everything that is wrong with the configuration, found in one go.
package struct ConfigurationProblems: Error, CustomStringConvertible {
    package let problems: [ConfigurationProblem]

    /// One line per problem.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
