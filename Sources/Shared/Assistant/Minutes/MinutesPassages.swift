import LanguageModel
import MeetingMinutes

/// What a question about meetings is answered from: lines of their minutes and what was said, each with a number to cite it
/// by.
struct MinutesPassages: Sendable {
    /// What a model reads of all meetings together, and what a person reads where there is no model: in tokens.
    private static let mostTokens = 2_400
    private static let mostTokensQuoted = 600

    /// Lines between two tags.
    private struct Section: Sendable {
        let tag: String
        var attributes: [(String, String)]
        var lines: [String] = []
        /// The number of the first line; the others follow.
        let first: Int
    }

    private var sections: [Section] = []
    /// Where each line comes from, in Markdown.
    private var places: [String] = []
    private let first: Int
    /// Whether nobody in any of the meetings said a word of the question.
    let isSilent: Bool
    private let titles: [String]

    /// - Parameters:
    ///   - meetings: What it is about, what it means most first.
    ///   - question: What is asked.
    ///   - isRead: Whether a model reads it, or people do.
    ///   - count: How many other passages have numbers before these.
    ///   - texts: In whose language meetings without a title are named.
    init(
        of meetings: [RecalledMeeting],
        for question: MinutesQuestion,
        isRead: Bool,
        after count: Int,
        _ texts: AssistantTexts
    ) {
        first = count + 1
        isSilent = meetings.allSatisfy { $0.isSilent(on: question) }
        titles = meetings.map { ($0.title ?? texts.minutesTitle).shownInLine() }
        guard isRead || !isSilent else { return }
        let share = (isRead ? Self.mostTokens : Self.mostTokensQuoted) / meetings.count
        for meeting in meetings {
            var room = share
            let wantsLines = !question.kinds.isEmpty
            // Also where nobody used the question's words: a model may know the answer in others.
            let wantsTurns = question.hasSubject || meeting.minutes == nil
            if wantsLines || !wantsTurns || isRead {
                let most = wantsTurns ? share * (wantsLines ? 2 : 1) / 5 : share
                room -= addStatements(of: meeting, for: question, atMost: most, texts)
            }
            // People are shown either: turns would bury the lines that answer.
            guard wantsTurns, isRead || places.isEmpty else { continue }
            addTurns(of: meeting, for: question, atMost: room, windows: isRead ? 5 : 1, texts)
        }
    }

    /// The number of the last line.
    var last: Int { first + places.count - 1 }

    /// As a model is shown them; nil where there are none.
    var material: String? {
        guard !sections.isEmpty else { return nil }
        return sections.map { section in
            let lines = section.lines.enumerated().map { "[\(section.first + $0)] \($1)" }
            return Material.wrapped(lines.joined(separator: "\n"), as: section.tag, section.attributes)
        }.joined(separator: "\n\n")
    }

    /// As people read them, where no model writes.
    func quotes(_ texts: AssistantTexts) -> String {
        guard !isSilent else { return titles.map(texts.nobodySpoke).joined(separator: "\n\n") }
        guard !sections.isEmpty else { return "" }
        let lines = sections.flatMap { section in
            section.lines.enumerated().map { "> \($1.shownInLine()) [\(section.first + $0)]" }
        }
        return texts.foundInMinutes + "\n\n" + lines.joined(separator: "\n>\n")
    }

    /// What an answer names of them, as lines of the list below it.
    func list(citedIn answer: String) -> [String] {
        places.enumerated().compactMap { index, place in
            answer.contains("[\(first + index)]") ? "- [\(first + index)] \(place)" : nil
        }
    }

    /// Lines of the minutes.
    ///
    /// - Returns: What they take.
    private mutating func addStatements(
        of meeting: RecalledMeeting,
        for question: MinutesQuestion,
        atMost most: Int,
        _ texts: AssistantTexts
    ) -> Int {
        let statements = meeting.statements(for: question)
        var section = Section(tag: "minutes", attributes: [("meeting", name(of: meeting, texts))], first: last + 1)
        var tokens = 0
        for statement in statements {
            let line = String(statement.text.map { $0.isNewline ? " " : $0 })
            let cost = Self.cost(of: line)
            guard tokens + cost <= most else { continue }
            tokens += cost
            section.lines.append(line)
            places.append(meeting.citation(of: statement.utterances, texts))
        }
        let omitted = statements.count - section.lines.count
        if omitted > 0 { section.attributes.append(("not_shown", "\(omitted)")) }
        if !section.lines.isEmpty { sections.append(section) }
        return tokens
    }

    /// What was said of it: a section for each stretch of the meeting.
    private mutating func addTurns(
        of meeting: RecalledMeeting,
        for question: MinutesQuestion,
        atMost most: Int,
        windows: Int,
        _ texts: AssistantTexts
    ) {
        var tokens = 0
        var next: Int?
        // A number in brackets takes a little more than the turn's own.
        for turn in meeting.index.passages(for: question.text, atMost: most * 9 / 10, windows: windows) {
            let line = Material.said(turn.text, by: turn.speaker ?? "?")
            tokens += Self.cost(of: line)
            guard tokens <= most else { return }
            if turn.number != next {
                let attributes = [("meeting", name(of: meeting, texts)), ("from", turn.label)]
                sections.append(Section(tag: "transcript", attributes: attributes, first: last + 1))
            }
            sections[sections.count - 1].lines.append(line)
            places.append(meeting.citation(of: [turn.number], texts))
            next = turn.number + 1
        }
    }

    private func name(of meeting: RecalledMeeting, _ texts: AssistantTexts) -> String {
        meeting.title ?? texts.minutesTitle
    }

    /// With a number before it, and the end of the line.
    private static func cost(of line: String) -> Int { TokenEstimate.tokens(in: "[100] \(line)") + 1 }
}
