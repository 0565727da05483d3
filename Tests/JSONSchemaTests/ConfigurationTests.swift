import JSON
import JSONSchema
import Testing

@Suite("Configurations by their schema")
struct ConfigurationTests {
    private let document: JSONValue = [
        "type": "object",
        "properties": [
            "city": ["type": "string", "default": "北京"], "api_key": ["type": "string", "format": "password"],
            "proxy": [
                "type": "object",
                "properties": ["port": ["default": 3_128], "password": ["writeOnly": true], "host": true],
            ],
            "accounts": ["items": ["properties": ["token": ["writeOnly": true], "limit": ["default": 5]]]],
            "keys": ["items": ["writeOnly": true]], "tokens": ["additionalProperties": ["$ref": "#/$defs/secret"]],
            "options": ["default": ["deep": [:]], "properties": ["deep": ["properties": ["level": ["default": 1]]]]],
        ],
        "$defs": ["secret": ["format": "password"]],
    ]
    private let value: JSONValue = [
        "api_key": "k1", "city": "上海", "proxy": ["host": "h", "password": "k2"],
        "accounts": [["token": "k3", "limit": 1], ["name": "n"]], "keys": ["k4", "k5"],
        "tokens": ["any": "k6", "other": ["x": "k7"]], "unknown": "open",
    ]

    @Test("defaults are added where members are missing, nested ones and those in defaults too")
    func defaults() throws {
        let schema = try JSONSchema(document)
        #expect(
            schema.addingDefaults(to: ["proxy": ["host": "h"], "accounts": [[:], ["limit": 1]]]) == [
                "proxy": ["host": "h", "port": 3_128], "accounts": [["limit": 5], ["limit": 1]], "city": "北京",
                "options": ["deep": ["level": 1]],
            ]
        )
        #expect(schema.addingDefaults(to: ["city": nil, "options": 1]) == ["city": nil, "options": 1])
        let joined = try JSONSchema([
            "$ref": "#/$defs/base", "allOf": [["properties": ["b": ["default": 2]]]],
            "anyOf": [["properties": ["c": ["default": 3]]]], "$defs": ["base": ["properties": ["a": ["default": 1]]]],
        ])
        #expect(joined.addingDefaults(to: [:]) == ["a": 1, "b": 2], "what holds in some cases alone has no defaults")
    }

    @Test("secrets are masked wherever they are, and what is open stays as it is")
    func redaction() throws {
        #expect(
            try JSONSchema(document).redacting(value) == [
                "api_key": "***", "city": "上海", "proxy": ["host": "h", "password": "***"],
                "accounts": [["token": "***", "limit": 1], ["name": "n"]], "keys": ["***", "***"],
                "tokens": ["any": "***", "other": "***"], "unknown": "open",
            ]
        )
        #expect(try JSONSchema(["writeOnly": true]).redacting(["a": 1]) == "***")
        #expect(try JSONSchema(true).redacting(value) == value)
    }

    @Test(
        "secrets are masked by every schema that may describe them",
        arguments: [
            ["allOf": [["properties": ["a": ["writeOnly": true]]]]],
            ["oneOf": [true, ["properties": ["a": ["writeOnly": true]]]]],
            ["if": ["required": ["b"]], "then": ["properties": ["a": ["writeOnly": true]]]],
            ["if": ["required": ["b"]], "else": ["properties": ["a": ["writeOnly": true]]]],
            ["dependentSchemas": ["b": ["properties": ["a": ["writeOnly": true]]]]],
            ["patternProperties": ["^a": ["writeOnly": true]]], ["unevaluatedProperties": ["writeOnly": true]],
            ["properties": ["a": ["$ref": "#/$defs/s"]], "$defs": ["s": ["writeOnly": true]]],
            ["$dynamicRef": "#s", "$defs": ["s": ["$dynamicAnchor": "s", "properties": ["a": ["writeOnly": true]]]]],
        ] as [JSONValue]
    )
    func ways(schema: JSONValue) throws {
        #expect(try JSONSchema(schema).redacting(["a": "k"]) == ["a": "***"])
    }

    @Test("of members of one name, which a parser lets pass, all are masked")
    func twice() throws {
        let value = try JSONValue(parsing: #"{"api_key":"k1","api_key":"k2"}"#)
        #expect(!(try JSONSchema(document).redacting(value).text.contains("k1")))
        #expect(!(try JSONSchema(document).separatingSecrets(value).open.text.contains("k1")))
    }

    @Test("secrets are taken out with their places, and put back they make the same value")
    func separation() throws {
        let (open, secrets) = try JSONSchema(document).separatingSecrets(value)
        #expect(
            open == [
                "city": "上海", "proxy": ["host": "h"], "accounts": [["limit": 1], ["name": "n"]], "keys": [nil, nil],
                "tokens": [:], "unknown": "open",
            ]
        )
        #expect(
            secrets.map(\.pointer) == [
                "/api_key", "/proxy/password", "/accounts/0/token", "/keys/0", "/keys/1", "/tokens/any",
                "/tokens/other",
            ]
        )
        let whole = JSONSchema.inserting(secrets, into: open)
        let once = try JSONSchema(["const": value])
        #expect(once.problems(in: whole) == [])
        #expect(JSONSchema.inserting([("", 1)], into: nil) == 1)
        #expect(JSONSchema.inserting([("/a/b", 1), ("/c/5", 2)], into: ["c": [0]]) == ["c": [0], "a": ["b": 1]])
    }
}
