/// Minutes as Markdown that Feishu shows: headings in bold, lists, and after each line where it comes from.
package struct MinutesDocument: Sendable {
    private let minutes: Minutes
    private let transcript: Transcript
    private let texts: MinutesTexts
    private let moment: @Sendable (Int) -> String?

    /// - Parameters:
    ///   - minutes: What is shown.
    ///   - transcript: What they are of.
    ///   - moment: The address of where one sees or hears the utterance with a number, for the links of what is cited.
    package init(
        _ minutes: Minutes,
        of transcript: Transcript,
        moment: @escaping @Sendable (Int) -> String? = { _ in nil }
    ) {
        self.minutes = minutes
        self.transcript = transcript
        texts = MinutesTexts(language: minutes.language)
        self.moment = moment
    }

    package var title: String { texts.title(minutes.title) }

    package var markdown: String {
        var sections: [String] = []
        if let date = transcript.date { sections.append(date) }
        if !transcript.people.isEmpty {
            sections.append("**\(texts.people)** \(transcript.people.prefix(30).joined(separator: texts.separator))")
        }
        add(texts.summary, minutes.summary.map(item), to: &sections)
        if minutes.isSummaryQuoted, !minutes.summary.isEmpty { sections.append("*\(texts.quotedSummary)*") }
        add(texts.topics, minutes.topics.map(item), to: &sections)
        add(texts.decisions, minutes.decisions.map(item), otherwise: texts.noDecisions, to: &sections)
        add(texts.actions, minutes.actions.map(item), otherwise: texts.noActions, to: &sections)
        add(texts.questions, minutes.questions.map(item), to: &sections)
        add(texts.risks, minutes.risks.map(item), to: &sections)
        add(texts.numbers, minutes.numbers.map(item), to: &sections)
        for omission in minutes.omissions { sections.append("*\(texts.omitted(omission))*") }
        if !minutes.parts.isEmpty { sections.append("*\(texts.extracted(minutes.parts))*") }
        sections.append("*\(texts.source(minutes))*")
        return sections.joined(separator: "\n\n")
    }

    private func add(_ heading: String, _ items: [String], otherwise: String? = nil, to sections: inout [String]) {
        if !items.isEmpty {
            sections.append("**\(heading)**\n" + items.map { "- \($0)" }.joined(separator: "\n"))
        } else if let otherwise {
            sections.append("**\(heading)**\n\(otherwise)")
        }
    }

    private func item(_ line: Minutes.Line) -> String {
        "\(line.text)\(doubts(line.doubts)) \(citation(line.utterances))\(quote(line))"
    }

    private func item(_ topic: Minutes.Topic) -> String {
        let start = topic.start.map { "\(Utterance.clock($0)) " } ?? ""
        return "\(start)\(topic.text)\(doubts(topic.doubts)) \(citation(topic.utterances))"
    }

    private func item(_ action: Minutes.Action) -> String {
        var due = action.due.map { texts.due($0, day: action.dueDay) }
        if action.line.doubts.contains(.due) { due = due.map(texts.doubted) ?? texts.noDue }
        var owner = action.owner ?? texts.noOwner
        if action.owner != nil, action.line.doubts.contains(.owner) { owner = texts.doubted(owner) }
        let facts = [owner, due].compactMap { $0 }
        var line = action.line
        line.doubts.removeAll { $0 == .owner || $0 == .due }
        return "**\(facts.joined(separator: texts.separator))** \(item(line))"
    }

    private func doubts(_ doubts: [GroundedFact.Doubt]) -> String {
        doubts.isEmpty ? "" : texts.doubted(doubts)
    }

    /// The words that show a line, unless they are the line.
    private func quote(_ line: Minutes.Line) -> String {
        guard let quote = line.quote, quote != line.text else { return "" }
        return texts.quoted(quote)
    }

    /// `(#12 Bob 00:12:03)` for one utterance, `(#3, #7)` for several.
    private func citation(_ numbers: [Int]) -> String {
        guard numbers.count == 1, let number = numbers.first, let utterance = transcript[number] else {
            return "(\(numbers.map { linked("#\($0)", $0) }.joined(separator: ", ")))"
        }
        return "(\(linked(utterance.label, number)))"
    }

    private func linked(_ label: String, _ number: Int) -> String {
        moment(number).map { "[\(label)](\($0))" } ?? label
    }
}
