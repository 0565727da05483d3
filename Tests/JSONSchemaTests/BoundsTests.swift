import JSON
import JSONSchema
import Testing

@Suite("Schemas and values that mean harm")
struct BoundsTests {
    /// - Returns: What is wrong with a schema.
    private func problems(_ document: JSONValue, _ bounds: SchemaBounds = .init()) throws -> [String] {
        try #require(throws: SchemaProblems.self) { try JSONSchema(document, bounds: bounds) }.problems
            .map(\.explanation)
    }

    private func nested(_ depth: Int) -> JSONValue {
        (0..<depth).reduce(true) { schema, _ in ["items": schema] }
    }

    @Test("a schema that is too large, too deep or of too many parts is refused")
    func sizes() throws {
        #expect(
            try problems(["title": .string(String(repeating: "x", count: 300_000))]) == ["is larger than 262144 bytes"]
        )
        #expect(try problems(nested(300)) == ["is nested more than 256 schemas deep"])
        _ = try JSONSchema(nested(250))
        let many = JSONValue.array(Array(repeating: true, count: 5_000))
        #expect(try problems(["anyOf": many]) == ["holds more than 4096 schemas"])
        // Places that hold no schema of their own are schemas where something refers to them.
        var members: [(key: String, value: JSONValue)] = []
        for index in 0..<200 { members.append(("\(index)", ["$ref": .string("#/other/\(index)")])) }
        let other = JSONObject((0..<200).map { (key: "\($0)", value: JSONValue.bool(true)) })
        let document: JSONValue = ["properties": .object(JSONObject(members)), "other": .object(other)]
        _ = try JSONSchema(document)
        #expect(try problems(document, SchemaBounds(schemas: 150)).count == 1)
    }

    @Test("work grows with the value and ends at the budget: over it, the value is not valid")
    func steps() throws {
        // Each level tries both of two ways: 2 to the power of 40 for a value that fits none.
        let text =
            ##"{"$defs":{"n":{"anyOf":[{"properties":{"a":{"$ref":"#/$defs/n"}}},{"properties":{"a":{"$ref":"#/$defs/n"}}}],"minimum":1}},"$ref":"#/$defs/n"}"##
        let schema = try JSONSchema(try JSONValue(parsing: text), bounds: SchemaBounds(steps: 100_000))
        let value = (0..<40).reduce(JSONValue.integer(0)) { value, _ in ["a": value] }
        #expect(schema.problems(in: value).last?.explanation == "takes more than 100000 steps to check")
        #expect(schema.problems(in: ["a": 5]) == [])
    }

    @Test(
        "what runs out of steps inside of not, anyOf or if does not count as valid",
        arguments: [
            #"{"not":{"items":{"pattern":"(a+)+b"}}}"#, #"{"if":{"items":{"pattern":"(a+)+b"}},"else":true}"#,
            #"{"anyOf":[{"items":{"pattern":"(a+)+b"}},true]}"#, #"{"contains":{"pattern":"(a+)+b"},"minContains":0}"#,
        ]
    )
    func hidden(schema: String) throws {
        let schema = try JSONSchema(try JSONValue(parsing: schema), bounds: SchemaBounds(steps: 5_000))
        let value: JSONValue = .array(Array(repeating: .string(String(repeating: "a", count: 900)), count: 10))
        #expect(schema.problems(in: value).contains { $0.explanation.contains("5000 steps") })
    }

    @Test(
        "large lists and texts are worth steps",
        arguments: [
            (#"{"uniqueItems":true}"#, JSONValue.array((0..<5_000).map { .integer($0) })),
            (#"{"items":true}"#, .array(Array(repeating: nil, count: 5_000))),
            (#"{"additionalProperties":true}"#, .object(JSONObject((0..<5_000).map { (key: "\($0)", value: nil) }))),
            (#"{"maxLength":1000000}"#, .string(String(repeating: "x", count: 500_000))),
            (#"{"enum":[1]}"#, .array(Array(repeating: nil, count: 5_000))),
            (#"{"format":"uri"}"#, .string("a:" + String(repeating: "x", count: 50_000))),
        ]
    )
    func weights(schema: String, value: JSONValue) throws {
        let schema = try JSONSchema(try JSONValue(parsing: schema), bounds: SchemaBounds(steps: 4_000))
        #expect(schema.problems(in: value).last?.explanation == "takes more than 4000 steps to check")
    }

    @Test("a $dynamicRef that leads to itself, and a value nested deep, end at the depth")
    func depth() throws {
        let schema = try JSONSchema(["$dynamicAnchor": "a", "$dynamicRef": "#a"])
        #expect(
            schema.problems(in: 1).map(\.explanation) == ["is nested too deep: more than 256 schemas in each other"]
        )
        let tree = try JSONSchema(["items": ["$ref": "#"]], bounds: SchemaBounds(depth: 64))
        let value = (0..<100).reduce(JSONValue.array([])) { value, _ in .array([value]) }
        #expect(tree.problems(in: value).last?.explanation.contains("too deep") == true)
    }

    @Test("defaults in defaults come to an end")
    func defaults() throws {
        let once = try JSONSchema(["properties": ["a": ["$ref": "#", "default": [:]]]])
        #expect(once.addingDefaults(to: [:]) == ["a": [:]])
        var members: [(key: String, value: JSONValue)] = []
        for index in 0..<12 { members.append(("m\(index)", ["$ref": "#", "default": [:]])) }
        let many = try JSONSchema(["properties": .object(JSONObject(members))], bounds: SchemaBounds(steps: 20_000))
        #expect(many.addingDefaults(to: [:]).weight < 20_000)
    }

    @Test("where secrets cannot be found out in bounds, all is one")
    func secrets() throws {
        let schema = try JSONSchema(["additionalProperties": ["writeOnly": true]], bounds: SchemaBounds(steps: 1_000))
        let value: JSONValue = ["list": .array([]), "more": .object(JSONObject((0..<2_000).map { ("k\($0)", 1) }))]
        #expect(schema.redacting(["a": 1]) == ["a": "***"])
        let wide = try JSONSchema(
            ["properties": ["more": ["additionalProperties": ["writeOnly": true]]]],
            bounds: SchemaBounds(steps: 1_000)
        )
        #expect(wide.redacting(value) == "***")
        let separated = wide.separatingSecrets(value)
        #expect(separated.open == nil && separated.secrets.map(\.pointer) == [""])
    }
}

extension JSONValue {
    /// How many values it is made of.
    fileprivate var weight: Int {
        switch self {
        case .array(let values): values.reduce(1) { $0 + $1.weight }
        case .object(let object): object.members.reduce(1) { $0 + $1.value.weight }
        default: 1
        }
    }
}
