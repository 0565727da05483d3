import LanguageModel

/// A line of minutes in plain words, with the utterances that it rests on.
package struct MinutesStatement: Sendable, Equatable {
    /// What kind of line it is, and what it says: `待办：李娜、期限：下周三前（2026-11-25）：扩容`.
    package let text: String
    /// Numbers of utterances, ascending, at least one.
    package let utterances: [Int]

    package init(text: String, utterances: [Int]) {
        self.text = text
        self.utterances = utterances
    }
}

extension Minutes {
    /// The lines of some kinds, in the order of minutes.
    ///
    /// - Parameter kinds: Which.
    /// - Returns: Each line in the language of the minutes; what of it is to be confirmed says so.
    package func statements(of kinds: [MinutesSection.Kind]) -> [MinutesStatement] {
        MinutesSection.Kind.allCases.filter(kinds.contains).flatMap { kind in
            switch kind {
            case .summary: summary.map { statement(.summary, $0) }
            case .topic: topics.map { statement(.topics, Line(text: $0.text, utterances: $0.utterances)) }
            case .decision: decisions.map { statement(.decisions, $0) }
            case .action: actions.map { statement(.actions, $0.line, of: $0) }
            case .question: questions.map { statement(.questions, $0) }
            case .risk: risks.map { statement(.risks, $0) }
            case .number: numbers.map { statement(.figures, $0) }
            }
        }
    }

    /// One line, below the heading that says what it is; of an action item with who is to do it and when.
    private func statement(_ heading: BilingualText, _ line: Line, of action: Action? = nil) -> MinutesStatement {
        let texts = MinutesTexts(language: language)
        var text = line.text + (line.doubts.isEmpty ? "" : texts.doubted(line.doubts))
        if let action {
            let due = action.due.map { texts.due($0, day: action.dueDay) }
            let whose = [action.owner ?? texts.noOwner, due].compactMap(\.self).joined(separator: texts.separator)
            text = texts.labelled(whose, text)
        }
        return MinutesStatement(text: texts.labelled(heading[language], text), utterances: line.utterances)
    }
}
