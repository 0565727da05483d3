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
        /// Whether a person is spared the column where no row has anything in it.
        let isOptional: Bool

        init(_ title: String, key: String? = nil, isNumber: Bool = false, isOptional: Bool = false) {
            self.title = title
            self.key = key ?? title.lowercased().replacing(" ", with: "_")
            self.isNumber = isNumber
            self.isOptional = isOptional
        }
    }

    let columns: [Column]
    private(set) var rows: [[JSONValue]] = []

    init(_ columns: [Column]) { self.columns = columns }

    /// A row for each of the API's objects: of each column the member of its key, nothing where there is none.
    init(_ columns: [Column], of items: [JSONValue]) {
        self.columns = columns
        rows = items.map { item in columns.map { item[$0.key] ?? .null } }
    }

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
        let shown = columns.indices.filter { index in
            !columns[index].isOptional || rows.contains { !$0[index].isNull }
        }
        let cells = [shown.map { columns[$0].title }] + rows.map { row in shown.map { CellText.of(row[$0]) } }
        let widths = shown.indices.map { index in cells.map { $0[index].count }.max() ?? 0 }
        var result = ""
        for row in cells {
            var line = ""
            for (index, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[index] - cell.count)
                line += columns[shown[index]].isNumber ? padding + cell : cell + padding
                if index < row.count - 1 { line += "   " }
            }
            while line.last == " " { line.removeLast() }
            result += line + "\n"
        }
        return result
    }
}

/// A value as one line for a person.
enum CellText {
    static func of(_ value: JSONValue) -> String {
        switch value {
        case .null: "-"
        case .bool(let value): value ? "yes" : "no"
        case .string(let text): TerminalText.line(text)
        default: TerminalText.line(value.text)
        }
    }
}
