/// Everything that is wrong with templates as a configuration describes and names them.
package struct MinutesTemplateProblems: Error, Hashable, Sendable, CustomStringConvertible {
    /// One thing, and the setting that it is in.
    package struct Entry: Hashable, Sendable, CustomStringConvertible {
        /// Such as `minutes.templates[0].sections`.
        package let key: String
        package let explanation: String

        package var description: String { "\(key): \(explanation)" }
    }

    package let entries: [Entry]

    package var description: String { entries.map(\.description).joined(separator: "; ") }
}

extension MinutesTemplates {
    /// The most templates of a company's own.
    package static let mostOwn = 30

    /// Reads templates that a configuration describes; see ``MinutesTemplate/init(fields:)``.
    ///
    /// - Parameters:
    ///   - descriptions: The fields of each.
    ///   - uses: The settings that name one, each with the name.
    /// - Throws: Everything that is wrong with them.
    package init(
        described descriptions: [[String: [String]]],
        namedBy uses: [(key: String, name: String)] = []
    ) throws(MinutesTemplateProblems) {
        var own: [MinutesTemplate] = []
        var entries: [MinutesTemplateProblems.Entry] = []
        var taken: Set<String> = []
        for (index, fields) in descriptions.prefix(Self.mostOwn).enumerated() {
            do throws(MinutesTemplateProblem) {
                let template = try MinutesTemplate(fields: fields)
                let names = Set(template.allNames.map(Self.folded))
                guard taken.isDisjoint(with: names) else {
                    throw MinutesTemplateProblem(
                        field: "name",
                        explanation: "it, its title or an alias is another template's, expected different ones"
                    )
                }
                taken.formUnion(names)
                own.append(template)
            } catch {
                entries.append(.init(key: "minutes.templates[\(index)].\(error.field)", explanation: error.explanation))
            }
        }
        if descriptions.count > Self.mostOwn {
            let explanation = "got \(descriptions.count) templates, expected at most \(Self.mostOwn)"
            entries.append(.init(key: "minutes.templates", explanation: explanation))
        }
        self.init(own: own)
        let names = all.map(\.name).joined(separator: ", ")
        // What is named may be one that could not be read.
        for use in uses where entries.isEmpty && named(use.name) == nil {
            entries.append(.init(key: use.key, explanation: "\"\(use.name)\", expected one of \(names)"))
        }
        guard entries.isEmpty else { throw MinutesTemplateProblems(entries: entries) }
    }
}
