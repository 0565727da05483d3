import JSON
import JSONSchema

/// Reads the parameters of a query by their schemas.
struct QueryReader {
    private let parameters: [AdminRoute.Parameter]

    init(_ parameters: [AdminRoute.Parameter]) { self.parameters = parameters }

    /// The values by name, with defaults; what is wrong, and what nobody knows, is noted.
    func read(_ query: [(name: String, value: String)], noting errors: inout [AdminProblem.Detail]) -> JSONObject {
        var values = JSONObject()
        for (name, text) in query {
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                errors.append(.init("?\(name.prefix(64))", "there is no such parameter"))
                continue
            }
            guard values[name] == nil else {
                errors.append(.init("?\(name)", "was given twice"))
                continue
            }
            let value = Self.value(text, parameter.schema["type"]?.string)
            let problems = AdminAPI.problems(in: value, parameter.schema)
            errors += problems.map { .init("?\(name)", $0.explanation) }
            if problems.isEmpty { values[name] = value }
        }
        for parameter in parameters where values[parameter.name] == nil {
            if let fallback = parameter.schema["default"] { values[parameter.name] = fallback }
        }
        return values
    }

    private static func value(_ text: String, _ type: String?) -> JSONValue {
        switch type {
        case "integer": Int64(text).map { .integer($0) } ?? .string(text)
        case "boolean": ["true": .bool(true), "false": .bool(false)][text] ?? .string(text)
        case "array": .array(text.split(separator: ",", omittingEmptySubsequences: false).map { .string(String($0)) })
        default: .string(text)
        }
    }
}
