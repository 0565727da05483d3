import JSON
import Testing

@testable import Plugins

@Suite("What a plugin answers")
struct RunningReplyTests {
    private static let all = Set(PluginPermission.allCases)

    private func reply(_ text: String, _ permitted: Set<PluginPermission> = all) throws -> PluginReply {
        try PluginReply(try JSONValue(parsing: text), permitted: permitted)
    }

    /// The places of all problems.
    private func problems(_ text: String, _ permitted: Set<PluginPermission> = all) throws -> [String] {
        do {
            _ = try reply(text, permitted)
            return []
        } catch let error as ContractProblems {
            return error.problems.map(\.pointer)
        }
    }

    @Test("messages are text, markdown, cards and files, one or several")
    func parts() throws {
        #expect(try reply(#"{"reply_message": "hi"}"#).parts == [.text("hi")])
        let several = #"""
            {"reply_message": [{"text": "a"}, {"markdown": "**b**"}, {"card": {"c": 1}},
                               {"file": {"name": "d.csv", "content_base64": "ZQ=="}}, "f"]}
            """#
        #expect(
            try reply(several).parts == [
                .text("a"), .markdown("**b**"), .card(["c": 1]), .file(name: "d.csv", bytes: [101]), .text("f"),
            ]
        )
    }

    @Test(
        "absent and null are nothing",
        arguments: ["{}", #"{"reply_message": null, "jobs": null, "tool_result": null}"#]
    )
    func nothing(_ text: String) throws {
        let reply = try reply(text)
        #expect(reply.parts.isEmpty && reply.jobs.isEmpty && reply.toolResult == nil && reply.state == .unchanged)
    }

    @Test("state is replaced, removed, or stays")
    func state() throws {
        #expect(try reply(#"{"state": {"a": 1}}"#).state == .replaced(["a": 1]))
        #expect(try reply(#"{"state": null}"#).state == .removed)
        let bulk = String(repeating: "x", count: 64 << 10)
        #expect(try problems(#"{"state": {"a": "\#(bulk)"}}"#) == ["/state"])
        #expect(try problems(#"{"state": [1]}"#) == ["/state"])
    }

    @Test("jobs and the result of a tool")
    func jobs() throws {
        let reply = try reply(
            #"""
            {"jobs": [{"delay": 1.5, "message_content": "later"}, {"message_content": "soon"}],
             "tool_result": {"text": "21 °C", "is_error": true}}
            """#
        )
        #expect(reply.jobs.map(\.delay) == [.milliseconds(1_500), .zero])
        #expect(reply.jobs.map(\.content) == ["later", "soon"])
        #expect(reply.toolResult == .init(text: "21 °C", isError: true))
    }

    @Test(
        "what is wrong is named by its place",
        arguments: [
            ("[]", [""]), (#""hi""#, [""]), (#"{"reply_message": 7}"#, ["/reply_message"]),
            (#"{"reply_message": ["a", {"text": 1}, {"b": 2}]}"#, ["/reply_message/1/text", "/reply_message/2"]),
            (#"{"reply_message": ["1","2","3","4","5","6"]}"#, ["/reply_message"]),
            (#"{"reply_message": {"card": "x"}}"#, ["/reply_message/card"]),
            (
                #"{"reply_message": {"file": {"name": "../x", "content_base64": "ZQ=="}}}"#,
                ["/reply_message/file/name"]
            ),
            (
                #"{"reply_message": {"file": {"name": "x", "content_base64": "%"}}}"#,
                ["/reply_message/file/content_base64"]
            ),
            (#"{"jobs": {}}"#, ["/jobs"]), (#"{"jobs": [{"delay": -1, "message_content": ""}]}"#, ["/jobs/0/delay"]),
            (#"{"jobs": [{"delay": 2592001, "message_content": ""}]}"#, ["/jobs/0/delay"]),
            (#"{"jobs": [{"delay": "1", "message_content": ""}]}"#, ["/jobs/0/delay"]),
            (#"{"jobs": [{"delay": 1}]}"#, ["/jobs/0/message_content"]),
            (#"{"jobs": [1,2,3,4,5,6,7,8,9,10,11]}"#, ["/jobs"]),
            (#"{"tool_result": {"text": "a", "is_error": 1}}"#, ["/tool_result/is_error"]),
            (#"{"tool_result": "a"}"#, ["/tool_result/text"]),
        ]
    )
    func wrong(_ text: String, _ places: [String]) throws {
        #expect(try problems(text) == places)
    }

    @Test("a text of 30,000 characters is taken, a longer one is not")
    func length() throws {
        let text = String(repeating: "好", count: 30_000)
        #expect(try problems(#"{"reply_message": "\#(text)"}"#).isEmpty)
        #expect(try problems(#"{"reply_message": "\#(text)!"}"#) == ["/reply_message"])
    }

    @Test("what needs a permission is wrong without it")
    func permissions() throws {
        #expect(try problems(#"{"state": {}, "jobs": [{"message_content": "a"}]}"#, []) == ["/state", "/jobs"])
        #expect(try problems(#"{"state": null, "jobs": []}"#, []).isEmpty)
    }
}
