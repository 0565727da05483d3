import JSON

/// What the keyword `type` names.
enum SchemaType: String, Sendable, CaseIterable {
    case null, boolean, object, array, number, integer, string

    func includes(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.null, .null), (.boolean, .bool), (.object, .object), (.array, .array), (.string, .string): true
        case (.number, .integer), (.number, .double), (.number, .number), (.integer, .integer): true
        case (.integer, .double), (.integer, .number): SchemaNumber(value)?.isIntegral ?? false
        default: false
        }
    }

    /// With its article.
    var words: String {
        switch self {
        case .null: "null"
        case .boolean: "true or false"
        case .object: "an object"
        case .array: "a list"
        case .number: "a number"
        case .integer: "an integer"
        case .string: "text"
        }
    }
}
