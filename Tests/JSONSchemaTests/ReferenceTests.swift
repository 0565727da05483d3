import JSON
import JSONSchema
import Testing

@Suite("References in JSON Schema")
struct ReferenceTests {
    @Test("lead to every place of the document", arguments: cases)
    func references(each: KeywordCase) throws { try each.check() }

    @Test(
        "what leads out of the document, nowhere or round in circles is refused with its place",
        arguments: [
            (#"{"properties":{"a":{"$ref":"other.json"}}}"#, "/properties/a/$ref", "outside of this document"),
            (#"{"$ref":"https://json-schema.org/draft/2020-12/schema"}"#, "/$ref", "nothing is fetched"),
            (#"{"$ref":"file:///etc/passwd"}"#, "/$ref", "nothing is fetched"),
            (##"{"$ref":"#/$defs/a"}"##, "/$ref", "not in this document"),
            (##"{"$ref":"#a"}"##, "/$ref", "not in this document"),
            (##"{"$ref":"#/type","type":"string"}"##, "/type", "expected a schema"),
            (#"{"$ref":1}"#, "/$ref", "expected a reference"),
            (##"{"$ref":"#"}"##, "", "leads back to itself"),
            (
                ##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"allOf":[{"$ref":"#/$defs/a"}]}}}"##, "/$defs/a",
                "back to itself"
            ),
            (##"{"not":{"if":{"anyOf":[{"$ref":"#"}]}}}"##, "", "leads back to itself"),
            (##"{"$id":"#a"}"##, "/$id", "without a fragment"),
            (#"{"$defs":{"a":{"$id":"x"},"b":{"$id":"x"}}}"#, "/$defs/b/$id", "another schema"),
            (#"{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}"#, "/$defs/b/$anchor", "another schema"),
            (#"{"$anchor":"1 x"}"#, "/$anchor", "expected a name"),
        ]
    )
    func refusals(schema: String, pointer: String, words: String) throws {
        let problems = try #require(throws: SchemaProblems.self) { try JSONSchema(try JSONValue(parsing: schema)) }
        #expect(problems.problems.contains { $0.pointer == pointer && $0.explanation.contains(words) }, "\(problems)")
    }
}

private let cases: [KeywordCase] = [
    .init(##"{"$ref":"#/$defs/a","$defs":{"a":{"type":"integer"}}}"##, valid: ["1"], invalid: ["\"a\""]),
    .init(##"{"$ref":"#/$defs/a","minimum":3,"$defs":{"a":{"type":"integer"}}}"##, valid: ["3"], invalid: ["2"]),
    .init(
        ##"{"properties":{"next":{"$ref":"#"},"v":{"type":"integer"}},"additionalProperties":false}"##,
        valid: ["{\"next\":{\"next\":{\"v\":1}}}"],
        invalid: ["{\"next\":{\"next\":{\"x\":1}}}"]
    ),
    .init(##"{"$ref":"#/$defs/a~1b~0%25c","$defs":{"a/b~%c":{"const":1}}}"##, valid: ["1"], invalid: ["2"]),
    .init(##"{"items":{"$ref":"#/prefixItems/0"},"prefixItems":[{"const":1}]}"##, valid: ["[1,1]"], invalid: ["[1,2]"]),
    .init(##"{"$ref":"#/components/a","components":{"a":{"const":1}}}"##, valid: ["1"], invalid: ["2"]),
    .init(##"{"$ref":"#here","$defs":{"a":{"$anchor":"here","const":1}}}"##, valid: ["1"], invalid: ["2"]),
    .init(
        ##"{"$id":"https://a.example/d/root.json","$ref":"item.json","$defs":{"i":{"$id":"item.json","const":1}}}"##,
        valid: ["1"],
        invalid: ["2"]
    ),
    .init(
        ##"{"$id":"https://a.example/d/root.json","$ref":"/x/../item.json#y","$defs":{"i":{"$id":"../item.json","$defs":{"q":{"$anchor":"y","const":1}}}}}"##,
        valid: ["1"],
        invalid: ["2"]
    ),
    .init(
        ##"{"$id":"https://a.example/root","$ref":"inner","$defs":{"i":{"$id":"inner","$ref":"#/$defs/x","$defs":{"x":{"const":1}}},"x":{"const":2}}}"##,
        valid: ["1"],
        invalid: ["2"]
    ),
    .init(
        ##"{"$id":"https://a.example/root","$ref":"#/$defs/i/$defs/x","$defs":{"i":{"$id":"inner","$defs":{"x":{"$ref":"#/$defs/y"},"y":{"const":1}}},"y":{"const":2}}}"##,
        valid: ["1"],
        invalid: ["2"]
    ),
    .init(
        ##"{"$id":"urn:example:root","$ref":"urn:example:other","$defs":{"i":{"$id":"urn:example:other","const":1}}}"##,
        valid: ["1"],
        invalid: ["2"]
    ),
    .init(##"{"$schema":"https://json-schema.org/draft/2020-12/schema#","const":1}"##, valid: ["1"], invalid: ["2"]),
    // A tree that lets members in, and a stricter one whose rule holds all the way down.
    .init(
        ##"{"$id":"https://a.example/strict","$dynamicAnchor":"node","$ref":"tree","unevaluatedProperties":false,"$defs":{"t":{"$id":"tree","$dynamicAnchor":"node","properties":{"v":true,"c":{"items":{"$dynamicRef":"#node"}}}}}}"##,
        valid: ["{\"v\":1,\"c\":[{\"v\":2}]}"],
        invalid: ["{\"x\":1}", "{\"c\":[{\"x\":1}]}"]
    ),
    .init(
        ##"{"$id":"https://a.example/open","$ref":"tree","$defs":{"t":{"$id":"tree","$dynamicAnchor":"node","type":"object","properties":{"c":{"items":{"$dynamicRef":"#node"}}}}}}"##,
        valid: ["{\"c\":[{\"x\":1}]}"],
        invalid: ["{\"c\":[1]}"]
    ),
    .init(##"{"$dynamicRef":"#a","$defs":{"x":{"$anchor":"a","const":1}}}"##, valid: ["1"], invalid: ["2"]),
]
