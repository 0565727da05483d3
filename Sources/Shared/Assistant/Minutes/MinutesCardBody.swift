import JSON
import MeetingMinutes

/// What of minutes a card has room for, and how it looks.
///
/// Each section is there, if only to say how many lines it has. Summary, decisions and action items get their lines first,
/// then come buttons, then the other sections in the order of their weight.
struct MinutesCardBody {
    /// Rows with a button, of six elements each; a card has 200 at most.
    private static let mostRows = 20
    /// Rows that go before lines.
    private static let firstRows = 6

    private let card: MinutesCard
    /// The address of the document that holds the minutes in full.
    private let page: String?
    private let sections: [MinutesDocument.Section]
    private let notes: [String]
    /// Action items without a task.
    private let open: [Int]
    /// How many lines of each section there is room for.
    private var shown: [Int]
    /// Action items with a button.
    private var rows: Set<Int> = []

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
            section.mapLines { line in
                line.action.flatMap { tasks[$0] }.map { "\(line.text) · \(card.made($0))" } ?? line.text
            }
        }
        notes = document.notes.map { String($0.prefix(600)) }
        open = sections.flatMap(\.lines).compactMap(\.action).filter { tasks[$0] == nil }.sorted()
        shown = sections.map { _ in 0 }
        var room = CardRoom(bytes: bytes)
        room.spend(foot.map(CardElement.cost).reduce(0, +))
        for index in sections.indices { room.spend(elements(of: index).map(CardElement.cost).reduce(0, +)) }
        fill(&room)
    }

    /// Whether nothing is left out.
    var isWhole: Bool {
        shown == sections.map(\.lines.count) && rows.count == min(open.count, Self.mostRows)
    }

    var elements: [JSONValue] { sections.indices.flatMap(elements(of:)) + foot }

    // MARK: Room

    private mutating func fill(_ room: inout CardRoom) {
        let costs = sections.map { $0.lines.map { CardElement.cost(ofLine: Self.item($0.text)) } }
        var shown = shown
        func extend(_ kind: Fact.Kind?, to part: Int = 1) {
            for index in sections.indices where sections[index].kind == kind {
                shown[index] += room.take(costs[index].dropFirst(shown[index]), atMost: room.bytes / part)
            }
        }
        let rowCost = CardElement.cost(row("", action: 9_999)) + CardElement.cost(CardElement.markdown(""))
        let firstRows = rowCost * min(Self.firstRows, open.count)
        extend(nil, to: 3)
        room.spend(firstRows)
        extend(.decision, to: 2)
        extend(.action)
        extend(.decision)
        room.spend(-firstRows)
        let visible = Set(zip(sections, shown).flatMap { $0.lines.prefix($1) }.compactMap(\.action))
        let most = max(min(Self.firstRows, room.bytes / rowCost), room.bytes / 2 / rowCost)
        rows = Set(open.filter(visible.contains).prefix(max(0, min(most, Self.mostRows))))
        room.spend(rowCost * rows.count)
        for kind in [.topic, .question, .risk, .number, nil] as [Fact.Kind?] { extend(kind) }
        self.shown = shown
    }

    // MARK: Look

    private func elements(of index: Int) -> [JSONValue] {
        let section = sections[index]
        let left = section.lines.count - shown[index]
        let more = left > 0 ? [Self.item(card.texts.minutesMore(left, isInDocument: page != nil))] : []
        let lines = section.lines.prefix(shown[index])
        if section.kind == .risk || section.kind == .number {
            let list = lines.map { Self.item($0.text) } + more
            let text = (list.isEmpty ? [section.otherwise ?? ""] : list).joined(separator: "\n")
            return [CardElement.panel("\(section.heading) (\(section.lines.count))", [CardElement.markdown(text)])]
        }
        var elements: [JSONValue] = []
        var text = ["**\(section.heading)**"]
        func end() {
            if !text.isEmpty { elements.append(CardElement.markdown(text.joined(separator: "\n"))) }
            text = []
        }
        for line in lines {
            if let action = line.action, rows.contains(action) {
                end()
                elements.append(row(line.text, action: action))
            } else {
                text.append(Self.item(line.text))
            }
        }
        text += section.lines.isEmpty ? [section.otherwise ?? ""] : more
        end()
        return elements
    }

    private func row(_ line: String, action: Int) -> JSONValue {
        let button = card.button(.task, card.texts.minutesTaskButton, item: action)
        return CardElement.row(CardElement.markdown(Self.item(line)), [button])
    }

    /// The document, what can be had of all of it, and what the reader is to know.
    private var foot: [JSONValue] {
        var buttons: [JSONValue] = []
        // Of the only one that is open, its own button does the same.
        if open.count > 1 || !open.allSatisfy(rows.contains) {
            buttons.append(card.button(.allTasks, card.texts.minutesAllTasksButton, type: "primary"))
        }
        buttons.append(card.button(.markdown, card.texts.minutesMarkdownButton))
        let link = page.map { CardElement.markdown("[\(card.texts.minutesDocumentLink)](\($0))") }
        return [link, CardElement.row(nil, buttons), CardElement.notes(notes)].compactMap { $0 }
    }

    private static func item(_ text: String) -> String { "- \(text)" }
}

/// The bytes that are left of a card.
private struct CardRoom {
    private(set) var bytes: Int

    mutating func spend(_ bytes: Int) { self.bytes -= bytes }

    /// Takes as many of the first lines as fit.
    ///
    /// - Returns: How many.
    mutating func take(_ costs: ArraySlice<Int>, atMost most: Int) -> Int {
        var left = most
        for (count, cost) in costs.enumerated() {
            guard cost <= left else { return count }
            left -= cost
            bytes -= cost
        }
        return costs.count
    }
}
