import LanguageModel

/// Something that is wrong with a template of a company's own.
package struct MinutesTemplateProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which of its fields, such as `sections`.
    package let field: String
    /// What is wrong and what was expected, to follow the field.
    package let explanation: String

    package var description: String { "\(field): \(explanation)" }
}

extension MinutesTemplate {
    private static let mostSections = 12
    private static let mostAliases = 12
    /// Of a heading, a title and an alias, in characters.
    private static let longestHeading = 40

    /// Reads a template that a configuration describes.
    ///
    /// A section is `kind`, or `heading = kind + kind`, with ` by person` behind it where it goes by people. A heading or
    /// title is the same in both languages, or `中文 | English`.
    ///
    /// - Parameter fields: `name`, `title`, `aliases`, `sections`, `facts`, `summary`, `most_lines`; each a list of texts,
    ///   of one where there can be only one.
    /// - Throws: The first thing that is wrong.
    package init(fields: [String: [String]]) throws(MinutesTemplateProblem) {
        guard let name = fields["name"]?.first else {
            throw MinutesTemplateProblem(field: "name", explanation: "is not set, expected for every template")
        }
        let aliases = fields["aliases"] ?? []
        guard aliases.count <= Self.mostAliases, aliases.allSatisfy(Self.isHeading) else {
            throw MinutesTemplateProblem(
                field: "aliases",
                explanation: "expected at most \(Self.mostAliases) of \(Self.longestHeading) characters each"
            )
        }
        let described = fields["sections"] ?? []
        guard (1...Self.mostSections).contains(described.count) else {
            throw MinutesTemplateProblem(field: "sections", explanation: "expected 1 to \(Self.mostSections) of them")
        }
        var sections: [Section] = []
        for section in described { sections.append(try Section(described: section)) }
        self.init(
            name: name,
            title: try Self.words(fields["title"]?.first ?? name, of: "title"),
            aliases: aliases,
            sections: sections,
            topicForm: sections.contains { $0.isByPerson && $0.parts.contains { $0.kind == .topic } }
                ? .people : .stretches,
            factGuidance: try Self.guidance("facts", in: fields),
            summaryGuidance: try Self.guidance("summary", in: fields),
            mostLines: fields["most_lines"]?.first.flatMap { Int($0) }
        )
    }

    /// A heading in both languages, `中文 | English`, or one for both.
    fileprivate static func words(_ text: some StringProtocol, of field: String) throws(MinutesTemplateProblem)
        -> BilingualText
    {
        let words = text.split(separator: "|", omittingEmptySubsequences: false).map(\.trimmed)
        guard (1...2).contains(words.count), words.allSatisfy(isHeading), let first = words.first, let last = words.last
        else {
            throw MinutesTemplateProblem(
                field: field,
                explanation: "\"\(text)\", expected a heading of at most \(longestHeading) characters, or 中文 | English"
            )
        }
        return BilingualText(first, last)
    }

    private static func isHeading(_ text: String) -> Bool {
        !text.isEmpty && text.count <= longestHeading && !text.contains(where: \.isNewline)
    }

    private static func guidance(_ field: String, in fields: [String: [String]]) throws(MinutesTemplateProblem)
        -> String
    {
        let text = (fields[field]?.first ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let tokens = TokenEstimate.tokens(in: text)
        guard tokens <= mostGuidanceTokens else {
            throw MinutesTemplateProblem(
                field: field,
                explanation:
                    "about \(tokens) tokens, expected at most \(mostGuidanceTokens), since each part of a meeting costs them"
            )
        }
        return text
    }
}

extension MinutesTemplate.Section {
    /// One of a list in a configuration, such as `要改进的 | To improve = risk + question by person`.
    fileprivate init(described text: String) throws(MinutesTemplateProblem) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        var list = (sides.last ?? "").trimmed
        let isByPerson = list.hasSuffix(" by person")
        if isByPerson { list = String(list.dropLast(" by person".count)) }
        var kinds: [MinutesSection.Kind] = []
        for word in list.split(separator: "+").map(\.trimmed) {
            guard let kind = MinutesSection.Kind(rawValue: word), !kinds.contains(kind) else {
                throw MinutesTemplateProblem(
                    field: "sections",
                    explanation: "\"\(text)\", expected kind or heading = kind + kind, of "
                        + MinutesSection.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                        + ", each once, and then perhaps: by person"
                )
            }
            kinds.append(kind)
        }
        guard let first = kinds.first else {
            throw MinutesTemplateProblem(field: "sections", explanation: "\"\(text)\" names no kind")
        }
        let heading = sides.count == 2 ? try MinutesTemplate.words(sides[0], of: "sections") : first.heading
        self.init(heading, kinds.map { MinutesTemplate.Part($0) }, isByPerson: isByPerson)
    }
}

extension MinutesSection.Kind {
    /// What a section of this kind alone is called.
    fileprivate var heading: BilingualText {
        switch self {
        case .summary: .summary
        case .topic: .topics
        case .decision: .decisions
        case .action: .actions
        case .question: .questions
        case .risk: .risks
        case .number: .figures
        }
    }
}

extension StringProtocol {
    /// Without blanks around it.
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
