package import LanguageModel

/// The lines of minutes as Markdown: what each says, what of it is to be confirmed, and where it was said.
///
/// Their words are a model's or a stranger's. Whatever these hold, the only links of a line are those to its moments.
package struct MinutesLines: Sendable {
    private let texts: MinutesTexts
    private let transcript: Transcript
    private let mostBytes: Int
    private let mostCited: Int
    private let showsQuotes: Bool
    private let moment: @Sendable (Int) -> String?

    /// - Parameters:
    ///   - language: What headings and marks are written in.
    ///   - transcript: What the minutes are of.
    ///   - mostBytes: What is shown of a text, of a quote, and a quarter of it of a name or date.
    ///   - mostCited: How many utterances of those that a line cites are named.
    ///   - showsQuotes: Whether the words that show a line stand behind it.
    ///   - moment: The address of where one sees or hears the utterance with a number.
    package init(
        in language: WrittenLanguage,
        of transcript: Transcript,
        mostBytes: Int = .max,
        mostCited: Int = .max,
        showsQuotes: Bool = true,
        moment: @escaping @Sendable (Int) -> String?
    ) {
        texts = MinutesTexts(language: language)
        self.transcript = transcript
        self.mostBytes = mostBytes
        self.mostCited = mostCited
        self.showsQuotes = showsQuotes
        self.moment = moment
    }

    /// - Parameter line: Something that was said.
    /// - Returns: `text（待确认：数字） (#4 李娜 00:04:00) — “quote”`.
    package func line(_ line: Minutes.Line) -> String {
        "\(line.text.shownInLine(atMost: mostBytes))\(doubts(line.doubts)) \(citation(line.utterances))\(quote(line))"
    }

    /// - Parameter topic: What was talked about.
    /// - Returns: `00:02:00 text (#2, #5)`.
    package func topic(_ topic: Minutes.Topic) -> String {
        let start = topic.start.map { "\(Utterance.clock($0)) " } ?? ""
        let text = topic.text.shownInLine(atMost: mostBytes)
        return "\(start)\(text)\(doubts(topic.doubts)) \(citation(topic.utterances))"
    }

    /// - Parameters:
    ///   - action: Something somebody is to do.
    ///   - person: Whose lines these are, so that nobody need be named.
    /// - Returns: `**owner、期限：due（day）** text (#5 李娜)`.
    package func action(_ action: Minutes.Action, of person: String? = nil) -> String {
        let most = mostBytes / 4
        var due = action.due.map { texts.due($0.shownInLine(atMost: most), day: action.dueDay) }
        if action.line.doubts.contains(.due) { due = due.map(texts.doubted) ?? texts.noDue }
        var owner = action.owner?.shownInLine(atMost: most) ?? texts.noOwner
        let isDoubted = action.owner != nil && action.line.doubts.contains(.owner)
        if isDoubted { owner = texts.doubted(owner) }
        let isNamed = action.owner == nil || action.owner != person || isDoubted
        let facts = [isNamed ? owner : nil, due].compactMap { $0 }
        var line = action.line
        line.doubts.removeAll { $0 == .owner || $0 == .due }
        return (facts.isEmpty ? "" : "**\(facts.joined(separator: texts.separator))** ") + self.line(line)
    }

    /// - Parameters:
    ///   - line: One line of a section.
    ///   - person: Whose name stands above it.
    /// - Returns: Its label and what it says.
    func text(of line: MinutesSection.Line, of person: String?) -> String {
        let text =
            switch line.content {
            case .line(let line): self.line(line)
            case .topic(let topic): self.topic(topic)
            case .action(let action): self.action(action, of: person)
            }
        return line.label.map { texts.labelled($0.shownInLine(), text) } ?? text
    }

    /// - Parameters:
    ///   - line: One line of a section.
    ///   - person: Whose it is, where the section goes by people.
    /// - Returns: What stands alone: who, its label and what it says.
    package func whole(_ line: MinutesSection.Line, of person: String?) -> String {
        let text = text(of: line, of: nil)
        guard line.kind != .action, let person else { return text }
        return "**\(person.shownInLine(atMost: mostBytes / 4))** \(text)"
    }

    /// - Parameter numbers: Those of utterances.
    /// - Returns: `(#12 Bob 00:12:03)` for one utterance, `(#3, #7)` for several, each leading to its moment.
    package func citation(_ numbers: [Int]) -> String {
        if numbers.count == 1, let number = numbers.first, let utterance = transcript[number] {
            let speaker = utterance.speaker?.shownInLine(atMost: mostBytes / 4)
            let label = ["#\(number)", speaker, utterance.start.map(Utterance.clock)].compactMap { $0 }
            return "(\(linked(label.joined(separator: " "), number)))"
        }
        let named = numbers.prefix(mostCited).map { linked("#\($0)", $0) }
        return "(\((named + (numbers.count > mostCited ? ["…"] : [])).joined(separator: ", ")))"
    }

    private func linked(_ label: String, _ number: Int) -> String {
        guard let address = moment(number), Self.isAddress(address) else { return label }
        return "[\(label)](\(address))"
    }

    /// Whether it can stand as it is between the parentheses of a link.
    package static func isAddress(_ text: String) -> Bool {
        (text.hasPrefix("https://") || text.hasPrefix("http://")) && text.utf8.count <= 500
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"()<>[]\"\\`*".utf8.contains($0) }
    }

    private func doubts(_ doubts: [GroundedFact.Doubt]) -> String {
        doubts.isEmpty ? "" : texts.doubted(doubts)
    }

    /// The words that show a line, unless the line is these words, some of them left out.
    private func quote(_ line: Minutes.Line) -> String {
        guard showsQuotes, let quote = line.quote, !Self.isShortened(quote, to: line.text) else { return "" }
        return texts.quoted(quote.shownInLine(atMost: mostBytes))
    }

    /// Whether a text has the letters of a quote in their order, and at least half of them.
    private static func isShortened(_ quote: String, to text: String) -> Bool {
        let said = letters(of: quote)
        let kept = letters(of: text)
        guard kept.count * 2 >= said.count else { return false }
        var rest = said[...]
        for letter in kept {
            guard let place = rest.firstIndex(of: letter) else { return false }
            rest = rest[(place + 1)...]
        }
        return true
    }

    private static func letters(of text: String) -> [Unicode.Scalar] {
        text.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }
    }
}
