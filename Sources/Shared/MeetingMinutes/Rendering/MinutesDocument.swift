/// Minutes as Markdown that Feishu shows: headings in bold, lists, and after each line where it comes from.
package struct MinutesDocument: Sendable {
    private let minutes: Minutes
    private let transcript: Transcript
    private let texts: MinutesTexts

    package init(_ minutes: Minutes, of transcript: Transcript) {
        self.minutes = minutes
        self.transcript = transcript
        texts = MinutesTexts(language: minutes.language)
    }

    package var title: String { texts.title(minutes.title, of: template) }

    package var markdown: String {
        var parts: [String] = []
        if let date = transcript.date { parts.append(date) }
        if !transcript.people.isEmpty {
            let people = transcript.people.prefix(30).joined(separator: texts.separator)
            parts.append("**\(template.people[minutes.language])** \(people)")
        }
        if !transcript.keywords.isEmpty {
            let keywords = transcript.keywords.prefix(12).joined(separator: texts.separator)
            parts.append("**\(texts.keywords)** \(keywords)")
        }
        for section in minutes.sections(in: transcript) { parts += text(of: section) }
        for omission in minutes.omissions + template.unlisted(of: minutes) {
            parts.append("*\(texts.omitted(omission))*")
        }
        if !minutes.parts.isEmpty { parts.append("*\(texts.extracted(minutes.parts))*") }
        parts.append("*\(texts.source(minutes, isTranslated: minutes.language != transcript.language))*")
        return parts.joined(separator: "\n\n")
    }

    private var template: MinutesTemplate { minutes.template ?? .standard }

    /// The paragraphs of a section.
    private func text(of section: MinutesSection) -> [String] {
        let heading = "**\(section.heading)**"
        guard !section.groups.isEmpty else { return ["\(heading)\n\(section.note ?? "")"] }
        var parts = section.groups.map { group in
            let title = group.person.map { "**\($0)**\n" } ?? ""
            return title + group.lines.map { "- \(item($0, of: group.person))" }.joined(separator: "\n")
        }
        parts[0] = (section.groups[0].person == nil ? "\(heading)\n" : "\(heading)\n\n") + parts[0]
        if let note = section.note { parts.append("*\(note)*") }
        return parts
    }

    private func item(_ line: MinutesSection.Line, of person: String?) -> String {
        let text =
            switch line.content {
            case .line(let line): item(line)
            case .topic(let topic): item(topic)
            case .action(let action): item(action, of: person)
            }
        return line.label.map { texts.labelled($0, text) } ?? text
    }

    private func item(_ line: Minutes.Line) -> String {
        "\(line.text)\(doubts(line.doubts)) \(citation(line.utterances))\(quote(line))"
    }

    private func item(_ topic: Minutes.Topic) -> String {
        let start = topic.start.map { "\(Self.clock($0)) " } ?? ""
        return "\(start)\(topic.text)\(doubts(topic.doubts)) \(citation(topic.utterances))"
    }

    /// - Parameter person: Whose lines these are, so that nobody need be named.
    private func item(_ action: Minutes.Action, of person: String?) -> String {
        var due = action.due.map { texts.due($0, day: action.dueDay) }
        if action.line.doubts.contains(.due) { due = due.map(texts.doubted) ?? texts.noDue }
        var owner = action.owner ?? texts.noOwner
        if action.owner != nil, action.line.doubts.contains(.owner) { owner = texts.doubted(owner) }
        let facts = [owner == person ? nil : owner, due].compactMap { $0 }
        var line = action.line
        line.doubts.removeAll { $0 == .owner || $0 == .due }
        return facts.isEmpty ? item(line) : "**\(facts.joined(separator: texts.separator))** \(item(line))"
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
            return "(\(numbers.map { "#\($0)" }.joined(separator: ", ")))"
        }
        return "("
            + ["#\(number)", utterance.speaker, utterance.start.map(Self.clock)].compactMap { $0 }.joined(
                separator: " "
            ) + ")"
    }

    private static func clock(_ seconds: Int) -> String {
        [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":")
    }
}
