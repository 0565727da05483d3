/// The templates that there are: those that come with the assistant, and a company's own.
package struct MinutesTemplates: Sendable, Equatable {
    /// In the order in which people are told of them.
    package let all: [MinutesTemplate]
    /// The template of each name, folded.
    private let byName: [String: Int]

    /// - Parameter own: A company's own. One with the name of another, or with an alias of it, goes before it.
    package init(own: [MinutesTemplate] = []) {
        let names = Set(own.map(\.name))
        all = MinutesTemplate.builtIn.filter { !names.contains($0.name) } + own
        var byName: [String: Int] = [:]
        for (index, template) in all.enumerated() {
            for name in template.allNames { byName[Self.folded(name)] = index }
        }
        self.byName = byName
    }

    /// The template that somebody means, by its name, its title in either language or an alias; nil where there is none.
    package func named(_ name: String) -> MinutesTemplate? { byName[Self.folded(name)].map { all[$0] } }

    /// What people call templates, as ``folded(_:)`` leaves it, each with the template's name.
    package var foldedNames: [(words: String, name: String)] {
        byName.map { (words: $0.key, name: all[$0.value].name) }
    }

    /// Without what makes no difference: `Stand-up` and `stand up` are the same.
    package static func folded(_ text: some StringProtocol) -> String {
        text.lowercased().filter { !$0.isWhitespace && !"-_－".contains($0) }
    }
}

extension MinutesTemplate {
    /// Everything that it goes by.
    var allNames: [String] { [name, title.chinese, title.english] + aliases }
}
