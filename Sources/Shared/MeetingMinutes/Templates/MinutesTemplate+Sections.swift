extension MinutesTemplate {
    /// The minutes as this template lays them out. A section without lines is there only where it says so.
    ///
    /// - Parameters:
    ///   - minutes: What is shown, in their own language.
    ///   - transcript: What they are of: it knows who speaks.
    /// - Returns: The sections in their order.
    package func sections(of minutes: Minutes, in transcript: Transcript) -> [MinutesSection] {
        let texts = MinutesTexts(language: minutes.language)
        return sections.compactMap { section in
            let lines = section.parts.flatMap { part in
                // A model was told what a topic is here; what is said again in a stretch need not be that.
                let isTold = part.kind != .topic || minutes.source != .offline
                return minutes.lines(of: part.kind, label: isTold ? part.label?[minutes.language] : nil)
            }
            guard !lines.isEmpty else {
                guard let otherwise = section.otherwise else { return nil }
                return MinutesSection(
                    heading: section.heading[minutes.language],
                    groups: [],
                    note: otherwise[minutes.language]
                )
            }
            let isQuoted = minutes.isSummaryQuoted && section.parts.contains { $0.kind == .summary }
            return MinutesSection(
                heading: section.heading[minutes.language],
                groups: section.isByPerson
                    ? Self.byPerson(lines, in: transcript, otherwise: texts.nobodyNamed) : [.init(lines: lines)],
                note: isQuoted ? texts.quotedSummary : nil
            )
        }
    }

    /// What no section shows, as what the reader is told that the minutes leave out.
    func unlisted(of minutes: Minutes) -> [Minutes.Omission] {
        let shown = Set(sections.flatMap(\.parts).map(\.kind))
        return Fact.Kind.allCases.compactMap { kind in
            guard let line = MinutesSection.Kind(rawValue: kind.rawValue), !shown.contains(line) else { return nil }
            let count = minutes.lines(of: line, label: nil).count
            return count == 0 ? nil : Minutes.Omission(kind, .tooMany, count)
        }
    }

    /// People in the order in which they come up; what is nobody's comes last.
    private static func byPerson(
        _ lines: [MinutesSection.Line],
        in transcript: Transcript,
        otherwise: String
    ) -> [MinutesSection.Group] {
        let people = lines.map { person(of: $0, in: transcript) }
        var firsts: [String: Int] = [:]
        for (line, person) in zip(lines, people) {
            guard let person else { continue }
            firsts[person] = min(firsts[person] ?? .max, line.utterances.first ?? .max)
        }
        var groups = firsts.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map { name, _ in
            MinutesSection.Group(person: name, lines: zip(lines, people).filter { $0.1 == name }.map(\.0))
        }
        let rest = zip(lines, people).filter { $0.1 == nil }.map(\.0)
        if !rest.isEmpty { groups.append(MinutesSection.Group(person: otherwise, lines: rest)) }
        return groups
    }

    /// Whose task it is, else who says most of what shows it; nil where nobody says half.
    private static func person(of line: MinutesSection.Line, in transcript: Transcript) -> String? {
        if case .action(let action) = line.content, let owner = action.owner { return owner }
        var said: [String: Int] = [:]
        var order: [String] = []
        for utterance in line.utterances.compactMap({ transcript[$0] }) {
            guard let speaker = utterance.speaker else { continue }
            if said[speaker] == nil { order.append(speaker) }
            said[speaker, default: 0] += utterance.text.utf8.count + 1
        }
        guard let main = order.max(by: { (said[$0] ?? 0) < (said[$1] ?? 0) }) else { return nil }
        return (said[main] ?? 0) * 2 >= said.values.reduce(0, +) ? main : nil
    }
}

extension Minutes {
    /// All lines of a kind, in the order of the minutes.
    func lines(of kind: MinutesSection.Kind, label: String?) -> [MinutesSection.Line] {
        func numbered(_ contents: [MinutesSection.Content]) -> [MinutesSection.Line] {
            contents.enumerated().map { MinutesSection.Line(kind, at: $0.offset, $0.element, label: label) }
        }
        return switch kind {
        case .summary: numbered(summary.map { .line($0) })
        case .topic: numbered(topics.map { .topic($0) })
        case .decision: numbered(decisions.map { .line($0) })
        case .action: numbered(actions.map { .action($0) })
        case .question: numbered(questions.map { .line($0) })
        case .risk: numbered(risks.map { .line($0) })
        case .number: numbered(numbers.map { .line($0) })
        }
    }

    /// As their template lays them out.
    ///
    /// - Parameter transcript: What they are of.
    /// - Returns: The sections in their order.
    package func sections(in transcript: Transcript) -> [MinutesSection] {
        (template ?? .standard).sections(of: self, in: transcript)
    }
}
