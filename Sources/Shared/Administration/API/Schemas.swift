import JSON

/// JSON Schemas that several routes have in common.
enum Schemas {
    /// What a parameter of a path may be.
    static let name: JSONObject = ["type": "string", "minLength": 1, "maxLength": 256]

    /// What the parameters of paths are.
    static let parameters: [String: String] = [
        "queue": "The queue's name, such as interactive.", "id": "The ID.", "name": "The name.",
        "letter": "A position, 1 the newest, or the ID of the task.",
        "limit": "The limit, such as task:minutes.generate or tenant:*.", "key": "The fairness key.",
    ]

    static func text(_ longest: Int, _ summary: String? = nil) -> JSONObject {
        var schema: JSONObject = ["type": "string", "maxLength": .integer(Int64(longest))]
        if let summary { schema["description"] = .string(summary) }
        return schema
    }

    static func integer(_ range: ClosedRange<Int>, default fallback: Int? = nil) -> JSONObject {
        var schema: JSONObject = [
            "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
            "maximum": .integer(Int64(range.upperBound)),
        ]
        if let fallback { schema["default"] = .integer(Int64(fallback)) }
        return schema
    }

    static func choice(_ values: [String]) -> JSONObject {
        ["type": "string", "enum": .array(values.map { .string($0) })]
    }

    static func list(of schema: JSONObject, atMost most: Int? = nil) -> JSONObject {
        var list: JSONObject = ["type": "array", "items": .object(schema)]
        if let most { list["maxItems"] = .integer(Int64(most)) }
        return list
    }

    /// An object; members that are not named are refused where it is sent to us.
    static func object(_ members: JSONObject, required: [String] = []) -> JSONObject {
        [
            "type": "object", "properties": .object(members), "required": .array(required.map { .string($0) }),
            "additionalProperties": false,
        ]
    }

    /// An object that we send: members may join it.
    static func shown(_ members: JSONObject) -> JSONObject {
        [
            "type": "object", "properties": .object(members),
            "required": .array(members.members.map { .string($0.key) }),
        ]
    }

    /// - Parameters:
    ///   - schema: Of one element.
    ///   - others: What is said besides.
    /// - Returns: The schema of a page.
    static func page(of schema: JSONObject, and others: JSONObject = [:]) -> JSONObject {
        var members: JSONObject = ["items": .object(list(of: schema)), "next_cursor": .object(optional("string"))]
        for other in others.members { members[other.key] = other.value }
        return shown(members)
    }

    static func optional(_ type: String) -> JSONObject { ["type": [.string(type), "null"]] }

    static func of(_ type: String) -> JSONValue { ["type": .string(type)] }

    static func orNull(_ type: String) -> JSONValue { .object(optional(type)) }

    /// Any object.
    static let anything: JSONObject = ["type": "object"]

    /// A problem (RFC 9457).
    static let problem: JSONObject = [
        "type": "object",
        "properties": [
            "type": of("string"), "title": of("string"), "status": of("integer"), "detail": of("string"),
            "code": of("string"), "request_id": of("string"),
            "errors": .object(
                list(of: object(["pointer": of("string"), "detail": of("string")], required: ["pointer", "detail"]))
            ),
        ],
        "required": ["type", "title", "status", "detail", "code", "request_id"],
    ]
}
