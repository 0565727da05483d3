import JSON
import MeetingMinutes
import Testing

@Suite("The schema of facts")
struct FactSchemaTests {
    private func problems(_ text: String) throws -> [String] {
        FactSchema.problems(in: try JSONValue(parsing: text)).map(\.description)
    }

    @Test("is JSON Schema 2020-12 that says all its rules")
    func schema() throws {
        let schema = try JSONValue(parsing: FactSchema.text)
        #expect(schema["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
        let fact = schema["properties"]?["facts"]?["items"]
        #expect(fact?["required"] == ["kind", "text", "utterances"])
        #expect(fact?["properties"]?["kind"]?["enum"]?.array?.count == Fact.Kind.allCases.count)
    }

    @Test(
        "takes every fact that has what it needs",
        arguments: [
            #"{"facts":[]}"#,
            #"{"facts":[{"kind":"topic","text":"价格","utterances":[1]}]}"#,
            #"{"facts":[{"kind":"action","text":"x","utterances":[3,1.0],"quote":null,"owner":"Bob","due":"下周三前"}]}"#,
        ]
    )
    func valid(text: String) throws {
        #expect(try problems(text) == [])
    }

    @Test(
        "names each problem by its place, in words that can be acted on",
        arguments: [
            ("[]", "the reply: must be an object, not a list"),
            ("{}", "/facts: is missing"),
            (#"{"facts":{}}"#, "/facts: must be a list, not an object"),
            (#"{"facts":[],"note":1}"#, "/note: is not known, leave it out"),
            (#"{"facts":["x"]}"#, "/facts/0: must be an object, not text"),
            (fact(#""kind":"idea""#), #"/facts/0/kind: must be one of "topic", "decision""#),
            (fact(#""text":"""#), "/facts/0/text: must have at least 1 characters"),
            (fact(#""text":5"#), "/facts/0/text: must be text, not a number"),
            (
                fact(#""text":"\#(String(repeating: "字", count: 301))""#),
                "/facts/0/text: must have at most 300 characters, has 301"
            ),
            (fact(#""utterances":[]"#), "/facts/0/utterances: must hold at least 1 item(s)"),
            (fact(#""utterances":[1,1]"#), "/facts/0/utterances: must hold each item once"),
            (fact(#""utterances":[1,1.0]"#), "/facts/0/utterances: must hold each item once"),
            (fact(#""utterances":[1,2,3,4,5,6,7,8,9,10,11,12,13]"#), "/facts/0/utterances: must hold at most 12 items"),
            (fact(##""utterances":["#1"]"##), "/facts/0/utterances/0: must be an integer, not text"),
            (fact(#""utterances":[1.5]"#), "/facts/0/utterances/0: must be an integer, not a number"),
            (fact(#""utterances":[0]"#), "/facts/0/utterances/0: must be at least 1"),
            (fact(#""owner":[]"#), "/facts/0/owner: must be text or null, not a list"),
            (fact(#""a/b~":1"#), "/facts/0/a~1b~0: is not known"),
        ]
    )
    func invalid(text: String, problem: String) throws {
        let problems = try problems(text)
        #expect(problems.count == 1 && problems[0].hasPrefix(problem), "\(problems)")
    }

    @Test("bounds the list of problems, and how many facts there may be")
    func bounds() throws {
        let broken = "{\"facts\":[" + Array(repeating: "{}", count: 100).joined(separator: ",") + "]}"
        let problems = try problems(broken)
        #expect(problems.count == 40)
        #expect(problems[0] == "/facts: must hold at most 40 items, has 100")
    }

    /// A fact that is right but for one member.
    private static func fact(_ member: String) -> String {
        var members = [("kind", #""kind":"topic""#), ("text", #""text":"x""#), ("utterances", #""utterances":[1]"#)]
        members.removeAll { member.hasPrefix("\"\($0.0)\"") }
        return "{\"facts\":[{" + (members.map(\.1) + [member]).joined(separator: ",") + "}]}"
    }
}
