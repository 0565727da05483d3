import JSON

/// What is known of one thing: a line each for a person, one object for a program.
struct Details {
    private var entries: [(title: String, key: String, value: JSONValue)] = []

    /// Adds a line, titled in capitals; a person is spared it where the value is nil.
    mutating func add(_ title: String, key: String? = nil, _ value: JSONValue?) {
        entries.append((title, key ?? title.lowercased().replacing(" ", with: "_"), value ?? .null))
    }

    mutating func add(_ title: String, _ text: String?) { add(title, text.map { .string($0) }) }

    func text(as format: OutputFormat) -> String {
        switch format {
        case .json:
            var object = JSONObject()
            for entry in entries { object[entry.key] = entry.value }
            return JSONValue.object(object).text + "\n"
        case .table:
            let known = entries.filter { !$0.value.isNull }
            let width = known.map(\.title.count).max() ?? 0
            return known.map { entry in
                let padding = String(repeating: " ", count: width - entry.title.count)
                return "\(entry.title)\(padding)   \(CellText.of(entry.value))\n"
            }.joined()
        }
    }
}
