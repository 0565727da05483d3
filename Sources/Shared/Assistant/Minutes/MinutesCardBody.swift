import JSON
import LanguageModel
import MeetingMinutes

/// What of minutes a card has room for, and how it looks.
///
/// Each section is there, if only to say how many lines it has. Summary, decisions and action items get their lines first,
/// then come buttons, then the other kinds of lines in the order of their weight.
struct MinutesCardBody {
    /// A line as it stands in a list.
    private struct Line {
        let kind: MinutesSection.Kind
        let text: String
        /// The place of the action item that it tells of.
        let action: Int?
    }

    private struct Place: Hashable {
        let section: Int
        let line: Int
    }

    private struct Section {
        let heading: String
        let note: String?
        let lines: [Line]
    }

    /// Rows with a button, of six elements each; a card has 200 at most.
    private static let mostRows = 20
    /// Rows that go before lines.
    private static let firstRows = 6

    private let card: MinutesCard
    /// The address of the document that holds the minutes in full.
    private let page: String?
    private let sections: [Section]
    private let notes: [String]
    /// Action items without a task.
    private let open: [Int]
    /// The lines of each section that there is room for.
    private var shown: [Set<Int>]
    /// The lines with a button: one of each action item, wherever a template shows it.
    private var rows: Set<Place> = []

    /// - Parameters:
    ///   - document: The minutes.
    ///   - card: Whose body it is.
    ///   - page: The address of the document that holds them in full.
    ///   - tasks: Those that were made, by the places of their action items.
    ///   - bytes: What all elements may have.
    init(_ document: MinutesDocument, of card: MinutesCard, page: String?, tasks: [Int: MinutesTask], bytes: Int) {
        self.card = card
        self.page = page.flatMap { MinutesLines.isAddress($0) ? $0 : nil }
        sections = document.sections.map { section in
            let lines = section.groups.flatMap { group in
                group.lines.map { line in
                    let action = line.kind == .action ? line.place : nil
                    let made = action.flatMap { tasks[$0] }.map { " · \(card.made($0))" } ?? ""
                    let text = "- \(document.lines.whole(line, of: group.person))\(made)"
                    return Line(kind: line.kind, text: text, action: action)
                }
            }
            return Section(heading: section.heading, note: section.note, lines: lines)
        }
        notes = document.notes.map { String($0.prefix(600)) }
        open = Set(sections.flatMap(\.lines).compactMap(\.action)).filter { tasks[$0] == nil }.sorted()
        shown = sections.map { _ in [] }
        // What is there of each section anyway: heading, and how many lines there would be.
        fill(bytes - elements.map(CardElement.cost).reduce(0, +))
    }

    /// Whether nothing is left out.
    var isWhole: Bool {
        shown.map(\.count) == sections.map(\.lines.count) && rows.count == min(open.count, Self.mostRows)
    }

    var elements: [JSONValue] { sections.indices.flatMap(elements(of:)) + foot }

    // MARK: Room

    /// - Parameter bytes: What lines and buttons may have.
    private mutating func fill(_ bytes: Int) {
        var room = bytes
        var shown = shown
        func extend(_ kind: MinutesSection.Kind, to part: Int = 1) {
            for (index, section) in sections.enumerated() {
                var most = room / part
                for (number, line) in section.lines.enumerated() where line.kind == kind {
                    guard !shown[index].contains(number) else { continue }
                    let cost = CardElement.cost(ofLine: line.text)
                    guard cost <= most else { break }
                    most -= cost
                    room -= cost
                    shown[index].insert(number)
                }
            }
        }
        let rowCost = CardElement.cost(row("", action: 9_999)) + CardElement.cost(CardElement.markdown(""))
        let firstRows = rowCost * min(Self.firstRows, open.count)
        extend(.summary, to: 3)
        room -= firstRows
        extend(.decision, to: 2)
        extend(.action)
        extend(.decision)
        room += firstRows
        let most = max(min(Self.firstRows, room / rowCost), room / 2 / rowCost)
        rows = Set(places(of: open, in: shown).prefix(max(0, min(most, Self.mostRows))))
        room -= rowCost * rows.count
        for kind in [.topic, .question, .risk, .number, .summary] as [MinutesSection.Kind] { extend(kind) }
        self.shown = shown
    }

    /// Where each of these action items is shown first, as far as it is.
    private func places(of actions: [Int], in shown: [Set<Int>]) -> [Place] {
        var places: [Int: Place] = [:]
        for (section, lines) in shown.enumerated() {
            for line in lines.sorted() {
                guard let action = sections[section].lines[line].action, places[action] == nil else { continue }
                places[action] = Place(section: section, line: line)
            }
        }
        return actions.compactMap { places[$0] }
    }

    // MARK: Look

    private func elements(of index: Int) -> [JSONValue] {
        let section = sections[index]
        let left = section.lines.count - shown[index].count
        var end = left > 0 ? ["- \(card.texts.minutesMore(left, isInDocument: page != nil))"] : []
        if let note = section.note { end += section.lines.isEmpty ? [note] : ["", "*\(note)*"] }
        if !section.lines.isEmpty, section.lines.allSatisfy({ $0.kind == .risk || $0.kind == .number }) {
            let text = (shown[index].sorted().map { section.lines[$0].text } + end).joined(separator: "\n")
            return [CardElement.panel("\(section.heading) (\(section.lines.count))", [CardElement.markdown(text)])]
        }
        var elements: [JSONValue] = []
        var text = ["**\(section.heading.plainInMarkdown)**"]
        func finish() {
            if !text.isEmpty { elements.append(CardElement.markdown(text.joined(separator: "\n"))) }
            text = []
        }
        for number in shown[index].sorted() {
            let line = section.lines[number]
            if let action = line.action, rows.contains(Place(section: index, line: number)) {
                finish()
                elements.append(row(line.text, action: action))
            } else {
                text.append(line.text)
            }
        }
        text += end
        finish()
        return elements
    }

    private func row(_ line: String, action: Int) -> JSONValue {
        let button = card.button(.task, card.texts.minutesTaskButton, item: action)
        return CardElement.row(CardElement.markdown(line), [button])
    }

    /// The document, what can be had of all of it, and what the reader is to know.
    private var foot: [JSONValue] {
        var buttons: [JSONValue] = []
        // Of the only one that is open, its own button does the same.
        if open.count > 1 || open.count > rows.count {
            buttons.append(card.button(.allTasks, card.texts.minutesAllTasksButton, type: "primary"))
        }
        buttons.append(card.button(.markdown, card.texts.minutesMarkdownButton))
        let link = page.map { CardElement.markdown("[\(card.texts.minutesDocumentLink)](\($0))") }
        return [link, CardElement.row(nil, buttons), CardElement.notes(notes)].compactMap { $0 }
    }
}
