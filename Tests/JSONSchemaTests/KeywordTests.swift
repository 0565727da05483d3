import JSON
import JSONSchema
import Testing

/// A schema with values that it allows, and values that it does not.
struct KeywordCase: Sendable, CustomTestStringConvertible {
    let schema: String
    let valid: [String]
    let invalid: [String]

    init(_ schema: String, valid: [String], invalid: [String]) {
        self.schema = schema
        self.valid = valid
        self.invalid = invalid
    }

    var testDescription: String { schema }

    func check() throws {
        let schema = try JSONSchema(try JSONValue(parsing: schema))
        for text in valid { #expect(schema.problems(in: try JSONValue(parsing: text)) == [], "\(text)") }
        for text in invalid { #expect(schema.problems(in: try JSONValue(parsing: text)) != [], "\(text)") }
    }
}

@Suite("Keywords of JSON Schema")
struct KeywordTests {
    @Test("those of any value", arguments: anyValueCases)
    func anyValues(each: KeywordCase) throws { try each.check() }

    @Test("those of numbers and text", arguments: scalarsCases)
    func scalars(each: KeywordCase) throws { try each.check() }

    @Test("those of lists", arguments: listsCases)
    func lists(each: KeywordCase) throws { try each.check() }

    @Test("those of objects", arguments: objectsCases)
    func objects(each: KeywordCase) throws { try each.check() }

    @Test("those that join schemas", arguments: joinsCases)
    func joins(each: KeywordCase) throws { try each.check() }

    @Test("what no other schema has seen", arguments: leftOversCases)
    func leftOvers(each: KeywordCase) throws { try each.check() }
}

private let anyValueCases: [KeywordCase] = [
    .init("true", valid: ["1", "null", "{}"], invalid: []),
    .init("false", valid: [], invalid: ["1", "null", "{}"]),
    .init("{}", valid: ["1", "[]"], invalid: []),
    .init(
        #"{"type":"integer"}"#,
        valid: ["1", "1.0", "-3", "1e300", "18446744073709551616"],
        invalid: ["1.5", "\"1\"", "true", "null"]
    ),
    .init(#"{"type":"number"}"#, valid: ["1", "1.5", "1e400"], invalid: ["\"1\"", "false"]),
    .init(#"{"type":"boolean"}"#, valid: ["true", "false"], invalid: ["0", "null"]),
    .init(#"{"type":["string","null"]}"#, valid: ["\"\"", "null"], invalid: ["0", "[]"]),
    .init(#"{"type":"object"}"#, valid: ["{}"], invalid: ["[]"]),
    .init(#"{"type":"array"}"#, valid: ["[]"], invalid: ["{}"]),
    .init(
        #"{"enum":[1,"a",{"x":[1]},null]}"#,
        valid: ["1.0", "\"a\"", "{\"x\":[1.0]}", "null"],
        invalid: ["2", "true", "{\"x\":1}"]
    ),
    .init(#"{"const":{"a":1,"b":2}}"#, valid: ["{\"b\":2,\"a\":1.0}"], invalid: ["{\"a\":1}", "1"]),
    .init(#"{"const":false}"#, valid: ["false"], invalid: ["0", "null"]),
    .init(#"{"const":0}"#, valid: ["0", "0.0", "-0.0"], invalid: ["false", "\"0\""]),
    .init(
        #"{"const":9007199254740993}"#,
        valid: ["9007199254740993"],
        invalid: ["9007199254740992", "9007199254740992.0"]
    ),
    .init(#"{"unknown":1,"title":2,"description":"x"}"#, valid: ["1"], invalid: []),
]

private let scalarsCases: [KeywordCase] = [
    .init(#"{"minimum":5}"#, valid: ["5", "5.0", "6", "\"1\""], invalid: ["4", "4.999"]),
    .init(#"{"maximum":5.5}"#, valid: ["5.5", "5", "-1"], invalid: ["6", "5.51"]),
    .init(#"{"exclusiveMinimum":0}"#, valid: ["0.001", "1"], invalid: ["0", "-0.0", "-1"]),
    .init(
        #"{"exclusiveMaximum":9223372036854775807}"#,
        valid: ["9223372036854775806"],
        invalid: ["9223372036854775807", "9223372036854775808"]
    ),
    .init(#"{"maximum":9007199254740992.5}"#, valid: ["9007199254740992"], invalid: ["9007199254740993"]),
    .init(#"{"minimum":-1e30}"#, valid: ["-9223372036854775808"], invalid: ["-1e31"]),
    .init(#"{"multipleOf":3}"#, valid: ["0", "9", "-9", "9.0", "\"x\""], invalid: ["1", "10", "4.5"]),
    .init(#"{"multipleOf":0.1}"#, valid: ["0.3", "1", "0.7", "1e20"], invalid: ["0.35", "1.01"]),
    .init(#"{"multipleOf":0.0001}"#, valid: ["0.0075", "1e3"], invalid: ["0.00751", "1e-5"]),
    .init(#"{"multipleOf":1e10}"#, valid: ["3e10", "1e300"], invalid: ["1", "15000000000"]),
    .init(#"{"multipleOf":7}"#, valid: ["7e18"], invalid: ["1e300"]),
    .init(
        #"{"minLength":2,"maxLength":3}"#,
        valid: ["\"ab\"", "\"文字气\"", "\"😀😀\"", "1"],
        invalid: ["\"a\"", "\"😀\"", "\"abcd\"", "\"e\u{301}e\u{301}\""]
    ),
    .init(#"{"maxLength":2.0}"#, valid: ["\"ab\""], invalid: ["\"abc\""]),
    .init(#"{"pattern":"^a+$"}"#, valid: ["\"aa\"", "1"], invalid: ["\"ab\"", "\"\""]),
    .init(#"{"pattern":"b"}"#, valid: ["\"abc\""], invalid: ["\"ac\""]),
]

private let listsCases: [KeywordCase] = [
    .init(#"{"items":{"type":"integer"}}"#, valid: ["[]", "[1,2]", "{}"], invalid: ["[1,\"a\"]"]),
    .init(
        #"{"prefixItems":[{"type":"integer"},{"type":"string"}]}"#,
        valid: ["[]", "[1]", "[1,\"a\",null]"],
        invalid: ["[\"a\"]", "[1,2]"]
    ),
    .init(#"{"prefixItems":[true],"items":false}"#, valid: ["[]", "[1]"], invalid: ["[1,2]"]),
    .init(#"{"contains":{"const":1}}"#, valid: ["[0,1]", "{}"], invalid: ["[]", "[0,2]"]),
    .init(
        #"{"contains":{"const":1},"minContains":2,"maxContains":3}"#,
        valid: ["[1,0,1]", "[1,1,1]"],
        invalid: ["[1]", "[1,1,1,1]"]
    ),
    .init(#"{"contains":{"const":1},"minContains":0}"#, valid: ["[]", "[2]"], invalid: []),
    .init(#"{"contains":false,"minContains":0,"maxContains":0}"#, valid: ["[]", "[1]"], invalid: []),
    .init(#"{"minContains":2}"#, valid: ["[]"], invalid: []),
    .init(#"{"minItems":1,"maxItems":2}"#, valid: ["[1]", "[1,2]", "\"x\""], invalid: ["[]", "[1,2,3]"]),
    .init(
        #"{"uniqueItems":true}"#,
        valid: ["[1,2]", "[1,true]", "[0,false]", "[[1],[2]]", "[\"1\",1]"],
        invalid: ["[1,1.0]", "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]", "[null,null]"]
    ),
    .init(#"{"uniqueItems":false}"#, valid: ["[1,1]"], invalid: []),
]

private let objectsCases: [KeywordCase] = [
    .init(
        #"{"properties":{"a":{"type":"string"}}}"#,
        valid: ["{}", "{\"a\":\"x\"}", "{\"b\":1}", "[]"],
        invalid: ["{\"a\":1}"]
    ),
    .init(#"{"properties":{"a":false}}"#, valid: ["{\"b\":1}"], invalid: ["{\"a\":1}"]),
    .init(
        #"{"patternProperties":{"^x":{"type":"integer"},"y$":{"minimum":3}}}"#,
        valid: ["{\"xy\":3}", "{\"z\":\"a\"}"],
        invalid: ["{\"xa\":\"a\"}", "{\"xy\":2}", "{\"ay\":1}"]
    ),
    .init(
        #"{"properties":{"a":{}},"patternProperties":{"^b":{}},"additionalProperties":false}"#,
        valid: ["{\"a\":1,\"bb\":2}"],
        invalid: ["{\"c\":1}"]
    ),
    .init(#"{"additionalProperties":{"type":"integer"}}"#, valid: ["{\"a\":1}"], invalid: ["{\"a\":\"x\"}"]),
    .init(#"{"propertyNames":{"maxLength":2}}"#, valid: ["{\"ab\":1}", "{}"], invalid: ["{\"abc\":1}"]),
    .init(#"{"required":["a","b"]}"#, valid: ["{\"a\":null,\"b\":1}", "[]"], invalid: ["{\"a\":1}", "{}"]),
    .init(
        #"{"dependentRequired":{"a":["b"]}}"#,
        valid: ["{}", "{\"b\":1}", "{\"a\":1,\"b\":1}"],
        invalid: ["{\"a\":1}"]
    ),
    .init(
        #"{"dependentSchemas":{"a":{"minProperties":2}}}"#,
        valid: ["{\"b\":1}", "{\"a\":1,\"b\":1}"],
        invalid: ["{\"a\":1}"]
    ),
    .init(
        #"{"minProperties":1,"maxProperties":2}"#,
        valid: ["{\"a\":1}", "[]"],
        invalid: ["{}", "{\"a\":1,\"b\":1,\"c\":1}"]
    ),
]

private let joinsCases: [KeywordCase] = [
    .init(#"{"allOf":[{"minimum":1},{"maximum":3}]}"#, valid: ["2"], invalid: ["0", "4"]),
    .init(#"{"anyOf":[{"type":"string"},{"minimum":3}]}"#, valid: ["\"a\"", "3"], invalid: ["2"]),
    .init(#"{"oneOf":[{"minimum":2},{"multipleOf":3}]}"#, valid: ["2", "0", "4"], invalid: ["3", "1"]),
    .init(#"{"not":{"type":"string"}}"#, valid: ["1"], invalid: ["\"a\""]),
    .init(#"{"not":{"not":{"type":"string"}}}"#, valid: ["\"a\""], invalid: ["1"]),
    .init(
        #"{"if":{"type":"integer"},"then":{"minimum":3},"else":{"type":"string"}}"#,
        valid: ["3", "\"a\""],
        invalid: ["2", "null"]
    ),
    .init(#"{"if":{"const":1},"else":{"const":2}}"#, valid: ["1", "2"], invalid: ["3"]),
    .init(#"{"then":{"const":1},"else":{"const":1}}"#, valid: ["3"], invalid: []),
    .init(
        #"{"type":"string","anyOf":[{"maxLength":1},{"minLength":3}]}"#,
        valid: ["\"a\"", "\"abc\""],
        invalid: ["\"ab\"", "1"]
    ),
]

private let leftOversCases: [KeywordCase] = [
    .init(
        #"{"allOf":[{"properties":{"a":true}}],"properties":{"b":true},"unevaluatedProperties":false}"#,
        valid: ["{\"a\":1,\"b\":1}", "1"],
        invalid: ["{\"c\":1}"]
    ),
    .init(
        #"{"anyOf":[{"properties":{"a":{"const":1}}},{"properties":{"b":{"const":1}}}],"unevaluatedProperties":false}"#,
        valid: ["{\"a\":1,\"b\":1}", "{\"a\":1}"],
        invalid: ["{\"a\":1,\"b\":2}"]
    ),
    .init(
        #"{"if":{"properties":{"a":{"const":1}},"required":["a"]},"then":{"properties":{"b":true}},"unevaluatedProperties":false}"#,
        valid: ["{\"a\":1,\"b\":2}"],
        invalid: ["{\"b\":2}", "{\"a\":2}"]
    ),
    .init(
        #"{"not":{"properties":{"a":true},"required":["a"]},"unevaluatedProperties":false}"#,
        valid: ["{}"],
        invalid: ["{\"a\":1}", "{\"b\":1}"]
    ),
    .init(
        #"{"dependentSchemas":{"a":{"properties":{"b":true}}},"properties":{"a":true},"unevaluatedProperties":false}"#,
        valid: ["{\"a\":1,\"b\":1}"],
        invalid: ["{\"b\":1}"]
    ),
    .init(
        ##"{"$ref":"#/$defs/x","unevaluatedProperties":{"type":"string"},"$defs":{"x":{"patternProperties":{"^a":true}}}}"##,
        valid: ["{\"aa\":1,\"b\":\"x\"}"],
        invalid: ["{\"b\":1}"]
    ),
    .init(
        #"{"allOf":[{"additionalProperties":true}],"unevaluatedProperties":false}"#,
        valid: ["{\"a\":1}"],
        invalid: []
    ),
    .init(
        #"{"allOf":[{"unevaluatedProperties":true}],"unevaluatedProperties":false}"#,
        valid: ["{\"a\":1}"],
        invalid: []
    ),
    .init(
        #"{"properties":{"a":{"properties":{"b":true}}},"unevaluatedProperties":false}"#,
        valid: ["{\"a\":{\"c\":1}}"],
        invalid: ["{\"b\":1}"]
    ),
    .init(
        #"{"allOf":[{"prefixItems":[true]}],"unevaluatedItems":false}"#,
        valid: ["[]", "[1]", "{}"],
        invalid: ["[1,2]"]
    ),
    .init(#"{"contains":{"const":1},"unevaluatedItems":{"const":2}}"#, valid: ["[1,2,1]"], invalid: ["[1,3]"]),
    .init(
        #"{"prefixItems":[true],"contains":{"const":1},"unevaluatedItems":false}"#,
        valid: ["[1,1]", "[0,1]"],
        invalid: ["[0,1,2]"]
    ),
    .init(
        #"{"anyOf":[{"items":true},{"prefixItems":[false]}],"unevaluatedItems":false}"#,
        valid: ["[1,2]"],
        invalid: []
    ),
    .init(#"{"allOf":[{"unevaluatedItems":true}],"unevaluatedItems":false}"#, valid: ["[1]"], invalid: []),
]
