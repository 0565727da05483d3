package import JSON

/// The schema of a model's reply about one chunk: `{"facts": […]}`.
package enum FactSchema {
    /// The most facts of one reply.
    package static let mostFacts = 40
    /// In Unicode scalars, as in JSON Schema.
    package static let longestText = 300
    /// The most utterances that one fact cites.
    package static let mostCitations = 12
    /// In Unicode scalars.
    package static let longestQuote = 200
    /// Of owner and due date, in Unicode scalars.
    package static let longestName = 80

    /// The JSON Schema (2020-12), as it is documented.
    package static var text: String { schema.text }

    /// The schema as a model is sent it: the same rules without the words for readers.
    static let sentText = schema.bareText

    /// What a reply breaks of the schema; empty of a valid one.
    package static func problems(in reply: JSONValue) -> [ReplyProblem] { schema.problems(in: reply) }

    private static let schema = ReplySchema([
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What a part of a meeting came to",
        "type": "object",
        "required": ["facts"],
        "additionalProperties": false,
        "properties": [
            "facts": [
                "type": "array",
                "maxItems": .integer(Int64(mostFacts)),
                "items": fact,
            ]
        ],
    ])

    private static let fact: JSONValue = [
        "type": "object",
        "required": ["kind", "text", "utterances"],
        "additionalProperties": false,
        "properties": [
            "kind": ["enum": .array(Fact.Kind.allCases.map { .string($0.rawValue) })],
            "text": [
                "description": "In the language of the minutes.",
                "type": "string", "minLength": 1, "maxLength": .integer(Int64(longestText)),
            ],
            "utterances": [
                "description": "Numbers of the turns that show it.",
                "type": "array", "minItems": 1, "maxItems": .integer(Int64(mostCitations)), "uniqueItems": true,
                "items": ["type": "integer", "minimum": 1],
            ],
            "quote": optional("Words of one of these turns.", longestQuote),
            "owner": optional("Who is to do it, in the transcript's words.", longestName),
            "due": optional("When it is due, in the transcript's words.", longestName),
        ],
    ]

    private static func optional(_ description: String, _ length: Int) -> JSONValue {
        [
            "description": .string(description), "type": ["string", "null"], "maxLength": .integer(Int64(length)),
        ]
    }
}

extension Fact {
    /// As a reply holds it; what it does not say is left out.
    package var json: JSONValue {
        var object: JSONObject = [
            "kind": .string(kind.rawValue), "text": .string(text),
            "utterances": .array(utterances.map { .integer(Int64($0)) }),
        ]
        if let quote { object["quote"] = .string(quote) }
        if let owner { object["owner"] = .string(owner) }
        if let due { object["due"] = .string(due) }
        return .object(object)
    }
}
