import JSON

/// Rows under headings, for a person as columns or for a program as JSON.
struct Table {
    struct Column {
        /// The heading, in capitals for a person.
        let title: String
        /// The member's name in JSON.
        let key: String
        /// Whether the cells are numbers, which stand right.
        let isNumber: Bool

        init(_ title: String, key: String? = nil, isNumber: Bool = false) {
            self.title = title
            self.key = key ?? title.lowercased().replacing(" ", with: "_")
            self.isNumber = isNumber
        }
    }

    let columns: [Column]
    private(set) var rows: [[JSONValue]] = []

    init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row with one cell per column.
    mutating func add(_ row: [JSONValue]) {
        precondition(row.count == columns.count, "a row has one cell for each of the \(columns.count) columns")
        rows.append(row)
    }

    func text(as format: OutputFormat) -> String {
        switch format {
        case .table: text
        case .json: json.text + "\n"
        }
    }

    /// One object per row.
    var json: JSONValue {
        .array(
            rows.map { row in
                var object = JSONObject()
                for (column, cell) in zip(columns, row) { object[column.key] = cell }
                return .object(object)
            }
        )
    }

    private var text: String {
        let cells = [columns.map(\.title)] + rows.map { $0.map(Self.cellText) }
        let widths = columns.indices.map { index in cells.map { $0[index].count }.max() ?? 0 }
        var result = ""
        for row in cells {
            var line = ""
            for (index, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[index] - cell.count)
                line += columns[index].isNumber ? padding + cell : cell + padding
                if index < row.count - 1 { line += "   " }
            }
            while line.last == " " { line.removeLast() }
            result += line + "\n"
        }
        return result
    }

    private static func cellText(_ value: JSONValue) -> String {
        switch value {
        case .null: "-"
        case .string(let text): TerminalText.line(text)
        default: value.text
        }
    }
}
