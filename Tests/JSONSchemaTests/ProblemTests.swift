import JSON
import JSONSchema
import Testing

@Suite("Problems that a schema names")
struct ProblemTests {
    private func told(_ schema: JSONValue, _ value: JSONValue, limit: Int = 50) throws -> [String] {
        try JSONSchema(schema).problems(in: value, limit: limit).map { "\($0.keyword) \($0)" }
    }

    @Test("every problem has its place, its keyword and what was expected, in the order of the value")
    func places() throws {
        let schema: JSONValue = [
            "type": "object", "required": ["name", "key"], "additionalProperties": false,
            "properties": [
                "name": ["type": "string", "minLength": 3], "port": ["type": "integer", "maximum": 65_535],
                "a/b~c": ["items": ["enum": ["x", "y"]]], "mode": ["const": "on"], "key": true,
            ],
        ]
        let value: JSONValue = [
            "name": "ab", "port": 70_000, "a/b~c": ["x", "z", 1], "mode": true, "extra": [1],
        ]
        #expect(
            try told(schema, value) == [
                "required /key: is missing", "minLength /name: expected at least 3 characters, not 2",
                "maximum /port: expected at most 65535, not 70000",
                "enum /a~1b~0c/1: expected one of \"x\", \"y\", not \"z\"",
                "enum /a~1b~0c/2: expected one of \"x\", \"y\", not 1", "const /mode: expected \"on\", not true",
                "additionalProperties /extra: is not known here",
            ]
        )
        #expect(try told(schema, [1]) == ["type (document): expected an object, not a list"])
        #expect(try told(schema, value, limit: 2).count == 2)
    }

    @Test("a value is quoted up to 60 characters, without its control characters")
    func quotes() throws {
        let long = try told(["type": "integer"], .string(String(repeating: "长", count: 1_000)))
        #expect(long == ["type (document): expected an integer, not \"" + String(repeating: "长", count: 58) + "…"])
        #expect(
            try told(["type": "integer"], "a\n\u{1B}[31m") == [
                #"type (document): expected an integer, not "a\n\u001b[31m""#
            ]
        )
        let choices = JSONValue.array((0..<100).map { .integer($0) })
        #expect(try told(["enum": choices], "x")[0].unicodeScalars.count < 130)
    }

    @Test(
        "what the schema calls secret is never quoted, by whichever of its schemas",
        arguments: [
            ["type": "integer", "writeOnly": true], ["type": "integer", "format": "password"],
            ["allOf": [["writeOnly": true], ["type": "integer"]]], ["$ref": "#/$defs/secret", "pattern": "^x$"],
            ["anyOf": [["const": 1], ["format": "password", "const": 2]]],
            ["writeOnly": true, "enum": ["hunter3", "hunter4"]],
            ["writeOnly": true, "const": "hunter3"], ["writeOnly": true, "maxLength": 3],
            ["writeOnly": true, "minLength": 30], ["if": ["writeOnly": true], "then": ["type": "integer"]],
        ] as [JSONValue]
    )
    func secrets(schema: JSONValue) throws {
        let whole: JSONValue = [
            "properties": ["key": schema], "$defs": ["secret": ["writeOnly": true, "type": "integer"]],
        ]
        let told = try told(whole, ["key": "hunter2"])
        #expect(!told.isEmpty)
        #expect(told.allSatisfy { !$0.contains("hunter") && !$0.contains("7") }, "\(told)")
    }

    @Test("what stands inside of a secret is one, too")
    func insideSecrets() throws {
        let schema: JSONValue = [
            "properties": ["key": ["writeOnly": true, "properties": ["deep": ["type": "integer"]]]]
        ]
        #expect(try told(schema, ["key": ["deep": "hunter2"]]) == ["type /key/deep: expected an integer"])
    }

    @Test(
        "a schema that is none is refused, with every problem and its place",
        arguments: [
            (#"{"type":"text"}"#, "/type"), (#"{"type":[]}"#, "/type"), (#"{"enum":1}"#, "/enum"),
            (#"{"minimum":"1"}"#, "/minimum"), (#"{"exclusiveMinimum":true}"#, "/exclusiveMinimum"),
            (#"{"multipleOf":0}"#, "/multipleOf"), (#"{"minLength":-1}"#, "/minLength"),
            (#"{"maxItems":1.5}"#, "/maxItems"), (#"{"pattern":"("}"#, "/pattern"), (#"{"pattern":1}"#, "/pattern"),
            (#"{"pattern":"(?=a)"}"#, "/pattern"), (#"{"format":1}"#, "/format"), (#"{"items":[true]}"#, "/items"),
            (#"{"prefixItems":[]}"#, "/prefixItems"), (#"{"allOf":{}}"#, "/allOf"), (#"{"anyOf":[1]}"#, "/anyOf/0"),
            (#"{"properties":[]}"#, "/properties"), (#"{"properties":{"a":1}}"#, "/properties/a"),
            (#"{"patternProperties":{"(":true}}"#, "/patternProperties/("), (#"{"required":"a"}"#, "/required"),
            (#"{"required":["a","a"]}"#, "/required"), (#"{"uniqueItems":1}"#, "/uniqueItems"),
            (#"{"dependentRequired":{"a":[1]}}"#, "/dependentRequired"), (#"{"writeOnly":"yes"}"#, "/writeOnly"),
            (#"{"$defs":{"a":{"type":"x"}}}"#, "/$defs/a/type"), (#"{"$defs":1}"#, "/$defs"),
            (#"{"minContains":-1}"#, "/minContains"), (#"{"not":"x"}"#, "/not"), ("1", ""), ("null", ""),
            (#"{"$schema":"http://json-schema.org/draft-07/schema#"}"#, "/$schema"),
        ]
    )
    func broken(schema: String, pointer: String) throws {
        let problems = try #require(throws: SchemaProblems.self) { try JSONSchema(try JSONValue(parsing: schema)) }
        #expect(problems.problems.map(\.pointer) == [pointer])
    }

    @Test("all problems of a schema are told at once")
    func all() throws {
        let schema: JSONValue = ["type": "text", "properties": ["a": ["minimum": "x"], "b": ["$ref": "#/none"]]]
        let problems = try #require(throws: SchemaProblems.self) { try JSONSchema(schema) }
        #expect(problems.problems.map(\.pointer) == ["/type", "/properties/a/minimum", "/properties/b/$ref"])
    }
}
