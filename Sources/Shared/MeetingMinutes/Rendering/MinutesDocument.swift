/// Minutes as Markdown that Feishu shows: headings, lists, and after each line where it comes from.
package struct MinutesDocument: Sendable {
    /// How a heading is written.
    package enum Headings: Sendable {
        /// In bold, since cards and messages show no others.
        case bold
        /// As headings of Markdown, from the second level on: documents list them beside their text.
        case marked
    }

    package var headings = Headings.bold
    /// How each line of them is written.
    package let lines: MinutesLines
    private let minutes: Minutes
    private let transcript: Transcript
    private let texts: MinutesTexts

    /// - Parameters:
    ///   - minutes: What is shown.
    ///   - transcript: What they are of.
    ///   - lines: How each line of them is written.
    package init(_ minutes: Minutes, of transcript: Transcript, in lines: MinutesLines) {
        self.minutes = minutes
        self.transcript = transcript
        self.lines = lines
        texts = MinutesTexts(language: minutes.language)
    }

    /// - Parameters:
    ///   - minutes: What is shown.
    ///   - transcript: What they are of.
    ///   - moment: The address of where one sees or hears the utterance with a number, for the links of what is cited.
    package init(
        _ minutes: Minutes,
        of transcript: Transcript,
        moment: @escaping @Sendable (Int) -> String? = { _ in nil }
    ) {
        self.init(minutes, of: transcript, in: MinutesLines(in: minutes.language, of: transcript, moment: moment))
    }

    package var title: String { texts.title(minutes.title?.plainLine(atMost: 200), of: template) }

    package var markdown: String {
        var parts: [String] = []
        if let date = transcript.date { parts.append(date.shownInLine(atMost: 200)) }
        if !transcript.people.isEmpty {
            parts.append("**\(template.people[minutes.language])** \(list(transcript.people.prefix(30)))")
        }
        if !transcript.keywords.isEmpty {
            parts.append("**\(texts.keywords)** \(list(transcript.keywords.prefix(12)))")
        }
        for section in sections { parts += text(of: section) }
        return (parts + notes.map { "*\($0)*" }).joined(separator: "\n\n")
    }

    /// In the order in which they are read.
    package var sections: [MinutesSection] { minutes.sections(in: transcript) }

    /// What the reader is to know of them: what was left out, what extraction covered, who wrote them.
    package var notes: [String] {
        var notes = (minutes.omissions + template.unlisted(of: minutes)).map(texts.omitted)
        if !minutes.parts.isEmpty { notes.append(texts.extracted(minutes.parts)) }
        return notes + [texts.source(minutes, isTranslated: minutes.language != transcript.language)]
    }

    private var template: MinutesTemplate { minutes.template ?? .standard }

    private func list(_ words: ArraySlice<String>) -> String {
        words.map { $0.shownInLine(atMost: 200) }.joined(separator: texts.separator)
    }

    private func heading(_ words: String, level: Int) -> String {
        switch headings {
        case .bold: "**\(words)**"
        case .marked: "\(String(repeating: "#", count: level)) \(words)"
        }
    }

    /// The paragraphs of a section.
    private func text(of section: MinutesSection) -> [String] {
        let heading = self.heading(section.heading.shownInLine(), level: 2)
        guard !section.groups.isEmpty else { return ["\(heading)\n\(section.note ?? "")"] }
        var parts = section.groups.map { group in
            let title = group.person.map { self.heading($0.shownInLine(atMost: 200), level: 3) + "\n" } ?? ""
            return title + group.lines.map { "- \(lines.text(of: $0, of: group.person))" }.joined(separator: "\n")
        }
        parts[0] = (section.groups[0].person == nil ? "\(heading)\n" : "\(heading)\n\n") + parts[0]
        if let note = section.note { parts.append("*\(note)*") }
        return parts
    }
}
