/// Minutes as Markdown that Feishu shows: headings in bold, lists, and after each line where it comes from.
package struct MinutesDocument: Sendable {
    /// Lines under one heading.
    package struct Section: Sendable, Equatable {
        package struct Line: Sendable, Equatable {
            /// Markdown.
            package let text: String
            /// The place of the action item that it tells of in the minutes.
            package let action: Int?
        }

        /// What its lines are; nil for the summary.
        package let kind: Fact.Kind?
        package let heading: String
        package let lines: [Line]
        /// What is said where there are no lines.
        package let otherwise: String?

        /// - Parameter text: What stands in the place of a line's text.
        /// - Returns: The section with other words.
        package func mapLines(_ text: (Line) -> String) -> Section {
            let lines = lines.map { Line(text: text($0), action: $0.action) }
            return Section(kind: kind, heading: heading, lines: lines, otherwise: otherwise)
        }
    }

    private let minutes: Minutes
    private let transcript: Transcript
    private let texts: MinutesTexts
    private let lines: MinutesLines

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

    package var title: String { texts.title(minutes.title?.plainLine(atMost: 200)) }

    package var markdown: String {
        var parts: [String] = []
        if let date = transcript.date { parts.append(date.shownInLine(atMost: 200)) }
        if !transcript.people.isEmpty {
            let people = transcript.people.prefix(30).map { $0.shownInLine(atMost: 200) }
            parts.append("**\(texts.people)** \(people.joined(separator: texts.separator))")
        }
        for section in sections {
            let items = section.lines.map { "- \($0.text)" }
            parts.append(
                "**\(section.heading)**\n\((items.isEmpty ? [section.otherwise ?? ""] : items).joined(separator: "\n"))"
            )
        }
        return (parts + notes.map { "*\($0)*" }).joined(separator: "\n\n")
    }

    /// In the order in which they are read; those that have nothing to say are not there.
    package var sections: [Section] {
        func section(_ kind: Fact.Kind?, _ heading: String, _ lines: [String], otherwise: String? = nil) -> Section {
            Section(
                kind: kind,
                heading: heading,
                lines: lines.enumerated().map { index, text in
                    Section.Line(text: text, action: kind == .action ? index : nil)
                },
                otherwise: otherwise
            )
        }
        return [
            section(nil, texts.summary, minutes.summary.map(lines.line)),
            section(.topic, texts.topics, minutes.topics.map(lines.topic)),
            section(.decision, texts.decisions, minutes.decisions.map(lines.line), otherwise: texts.noDecisions),
            section(.action, texts.actions, minutes.actions.map(lines.action), otherwise: texts.noActions),
            section(.question, texts.questions, minutes.questions.map(lines.line)),
            section(.risk, texts.risks, minutes.risks.map(lines.line)),
            section(.number, texts.numbers, minutes.numbers.map(lines.line)),
        ]
        .filter { !$0.lines.isEmpty || $0.otherwise != nil }
    }

    /// What the reader is to know of them: what was left out, what extraction covered, who wrote them.
    package var notes: [String] {
        var notes = minutes.omissions.map(texts.omitted)
        if minutes.isSummaryQuoted, !minutes.summary.isEmpty { notes.append(texts.quotedSummary) }
        if !minutes.parts.isEmpty { notes.append(texts.extracted(minutes.parts)) }
        return notes + [texts.source(minutes)]
    }
}
