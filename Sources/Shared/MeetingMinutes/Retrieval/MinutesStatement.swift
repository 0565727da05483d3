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
    /// - Parameter aspects: Which.
    /// - Returns: Each line in the language of the minutes; what of it is to be confirmed says so.
    package func statements(of aspects: [MinutesQuestion.Aspect]) -> [MinutesStatement] {
        MinutesQuestion.Aspect.allCases.filter(aspects.contains).flatMap(statements)
    }

    private func statements(of aspect: MinutesQuestion.Aspect) -> [MinutesStatement] {
        let texts = MinutesTexts(language: language)
        return switch aspect {
        case .summary: summary.map { statement(texts.summary, $0) }
        case .topics: topics.map { statement(texts.topics, Line(text: $0.text, utterances: $0.utterances)) }
        case .decisions: decisions.map { statement(texts.decisions, $0) }
        case .actions: actions.map(statement)
        case .questions: questions.map { statement(texts.questions, $0) }
        case .risks: risks.map { statement(texts.risks, $0) }
        case .numbers: numbers.map { statement(texts.numbers, $0) }
        }
    }

    private func statement(_ heading: String, _ line: Line) -> MinutesStatement {
        let texts = MinutesTexts(language: language)
        let doubts = line.doubts.isEmpty ? "" : texts.doubted(line.doubts)
        let colon = language == .chinese ? "：" : ": "
        return MinutesStatement(text: "\(heading)\(colon)\(line.text)\(doubts)", utterances: line.utterances)
    }

    private func statement(_ action: Action) -> MinutesStatement {
        let texts = MinutesTexts(language: language)
        let who = [action.owner ?? texts.noOwner, action.due.map { texts.due($0, day: action.dueDay) }]
        let heading = language == .chinese ? "\(texts.actions)：" : "\(texts.actions): "
        return statement(heading + who.compactMap(\.self).joined(separator: texts.separator), action.line)
    }
}
