import JSON

/// A JSON Schema (2020-12) of a model's reply, and what a reply breaks of it.
///
/// Checks the keywords that our schemas use, as "JSON Schema Validation" defines them: `type`, `enum`, `properties`,
/// `required`, `additionalProperties: false`, `items`, `minItems`, `maxItems`, `uniqueItems`, `minLength`, `maxLength` (in
/// Unicode scalars), `minimum`. So what is sent to a model and what its reply is held against are one value.
struct ReplySchema: Sendable {
    /// What bounds the list of problems; more help nobody.
    static let mostProblems = 40

    private static let known: Set<String> = [
        "type", "enum", "properties", "required", "additionalProperties", "items", "minItems", "maxItems",
        "uniqueItems", "minLength", "maxLength", "minimum", "$schema", "title", "description",
    ]

    private let root: JSONValue

    init(_ root: JSONValue) {
        Self.assertKnown(root)
        self.root = root
    }

    /// With the marks for readers.
    var text: String { root.text }

    /// Without `$schema`, titles and descriptions: what a model needs of it.
    var bareText: String { Self.bare(root).text }

    /// Everything that is wrong with a reply, at most `mostProblems`, in its order; empty of a valid one.
    func problems(in reply: JSONValue) -> [ReplyProblem] {
        var problems: [ReplyProblem] = []
        check(reply, root, at: "", &problems)
        return Array(problems.prefix(Self.mostProblems))
    }

    private func check(_ value: JSONValue, _ schema: JSONValue, at pointer: String, _ problems: inout [ReplyProblem]) {
        guard problems.count < Self.mostProblems else { return }
        func note(_ words: String) { problems.append(ReplyProblem(at: pointer, words)) }
        let types = schema["type"].map { $0.array?.compactMap(\.string) ?? [$0.string ?? ""] } ?? []
        guard types.isEmpty || types.contains(where: { Self.isOf($0, value) }) else {
            return note("must be \(types.map(Self.named).joined(separator: " or ")), not \(Self.named(value))")
        }
        if let allowed = schema["enum"]?.array, !allowed.contains(value) {
            return note("must be one of \(allowed.map(\.text).joined(separator: ", "))")
        }
        switch value {
        case .string(let text): length(of: text, schema, note)
        case .array(let items): elements(items, schema, at: pointer, &problems)
        case .object(let object): members(object, schema, at: pointer, &problems)
        default:
            if let least = schema["minimum"]?.double, let number = value.double, number < least {
                note("must be at least \(Int(least))")
            }
        }
    }

    private func length(of text: String, _ schema: JSONValue, _ note: (String) -> Void) {
        let length = text.unicodeScalars.count
        if let least = schema["minLength"]?.integer, length < least { note("must have at least \(least) characters") }
        if let most = schema["maxLength"]?.integer, length > most {
            note("must have at most \(most) characters, has \(length)")
        }
    }

    private func elements(
        _ items: [JSONValue],
        _ schema: JSONValue,
        at pointer: String,
        _ problems: inout [ReplyProblem]
    ) {
        func note(_ words: String) { problems.append(ReplyProblem(at: pointer, words)) }
        if let least = schema["minItems"]?.integer, items.count < least { note("must hold at least \(least) item(s)") }
        if let most = schema["maxItems"]?.integer, items.count > most {
            note("must hold at most \(most) items, has \(items.count)")
        }
        if schema["uniqueItems"]?.bool == true, Set(items.map(Self.canonical)).count < items.count {
            note("must hold each item once")
        }
        guard let element = schema["items"] else { return }
        for (index, item) in items.enumerated() { check(item, element, at: "\(pointer)/\(index)", &problems) }
    }

    private func members(
        _ object: JSONObject,
        _ schema: JSONValue,
        at pointer: String,
        _ problems: inout [ReplyProblem]
    ) {
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where object[name] == nil {
            problems.append(ReplyProblem(at: "\(pointer)/\(name)", "is missing"))
        }
        let properties = schema["properties"]?.object ?? [:]
        for member in object.members {
            let place = "\(pointer)/\(Self.escaped(member.key))"
            if let property = properties[member.key] {
                check(member.value, property, at: place, &problems)
            } else if schema["additionalProperties"]?.bool == false {
                problems.append(ReplyProblem(at: place, "is not known, leave it out"))
            }
        }
    }

    /// RFC 6901, 3; shortened, since a model may have written anything there.
    private static func escaped(_ key: String) -> String {
        String(key.prefix(40)).replacing("~", with: "~0").replacing("/", with: "~1")
    }

    private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object): true
        case ("integer", .integer), ("number", .integer), ("number", .double), ("number", .number): true
        // A float without a fraction is an integer ("JSON Schema Core", 4.2.3).
        case ("integer", .double(let number)): number.rounded() == number
        case ("integer", .number(let text)): !text.contains { ".eE".contains($0) }
        default: false
        }
    }

    /// 1 and 1.0 are one value.
    private static func canonical(_ value: JSONValue) -> JSONValue {
        if case .double(let number) = value, let integer = Int64(exactly: number) { .integer(integer) } else { value }
    }

    private static func named(_ type: String) -> String {
        switch type {
        case "array": "a list"
        case "object": "an object"
        case "integer": "an integer"
        case "string": "text"
        case "null": "null"
        default: "a \(type)"
        }
    }

    private static func named(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "true or false"
        case .integer, .double, .number: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "an object"
        }
    }

    private static func bare(_ schema: JSONValue) -> JSONValue {
        guard case .object(let object) = schema else { return schema }
        var result = JSONObject()
        for member in object.members where !["$schema", "title", "description"].contains(member.key) {
            guard member.key == "properties", let properties = member.value.object else {
                result[member.key] = bare(member.value)
                continue
            }
            var bareProperties = JSONObject()
            for property in properties.members { bareProperties[property.key] = bare(property.value) }
            result[member.key] = .object(bareProperties)
        }
        return .object(result)
    }

    private static func assertKnown(_ schema: JSONValue) {
        for member in schema.object?.members ?? [] {
            precondition(known.contains(member.key), "a schema has a keyword that nobody checks")
            if member.key == "items" { assertKnown(member.value) }
            if member.key == "properties" {
                for property in member.value.object?.members ?? [] { assertKnown(property.value) }
            }
        }
    }
}
