import Foundation
import JSON
import LanguageModel
import TestSupport
import Testing

@Suite("Tool calls of a model")
struct ToolCallStreamTests {
    private let tool = ChatTool(
        name: "search",
        description: "Finds documents.",
        parameters: ["type": "object", "properties": ["q": ["type": "string"]]]
    )

    /// A chunk with fragments of tool calls, written as JSON.
    private func fragments(_ list: String) -> String {
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[\(list)]},\"finish_reason\":null}]}\n\n"
    }

    private func finish(_ reason: String) -> String {
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"\(reason)\"}]}\n\ndata: [DONE]\n\n"
    }

    /// What a model says when its server streams `body`.
    private func answer(to body: String, type: String = "text/event-stream") async throws -> ChatCompletion {
        var completion: ChatCompletion?
        try await withModel { _, exchange in
            try await exchange.respond(headers: [("Content-Type", type)], body)
        } _: { model, _ in
            completion = try await model.complete(ChatRequest(messages: [.user("?")], tools: [tool]))
        }
        return try #require(completion)
    }

    @Test("offers tools, and tells what was called and what came of it, as the API has it")
    func request() async throws {
        let call = ToolCall(id: "c1", name: "search", arguments: ["q": "年假", "n": 9_007_199_254_740_993])
        let messages: [ChatMessage] = [
            .user("find it"), .assistant("", calling: [call]), .tool("three days", answering: call),
        ]
        try await withModel { _, exchange in
            try await exchange.respond(headers: eventStream, chunk("ok") + ending)
        } _: { model, server in
            _ = try await model.complete(ChatRequest(messages: messages, tools: [tool]))
            let body = try JSONValue(parsing: try #require(server.tally.requests.first).body)
            #expect(
                body["messages"]
                    == [
                        ["role": "user", "content": "find it"],
                        [
                            "role": "assistant", "content": nil,
                            "tool_calls": [
                                [
                                    "id": "c1", "type": "function",
                                    "function": [
                                        "name": "search", "arguments": #"{"q":"年假","n":9007199254740993}"#,
                                    ],
                                ]
                            ],
                        ],
                        ["role": "tool", "content": "three days", "tool_call_id": "c1"],
                    ]
            )
            #expect(
                body["tools"]
                    == [
                        [
                            "type": "function",
                            "function": [
                                "name": "search", "description": "Finds documents.",
                                "parameters": ["type": "object", "properties": ["q": ["type": "string"]]],
                            ],
                        ]
                    ]
            )
        }
    }

    @Test("puts calls together from fragments that come by turns")
    func fragments() async throws {
        let body =
            chunk("Let me look. ")
            + fragments(#"{"index":0,"id":"a","type":"function","function":{"name":"search","arguments":""}}"#)
            + fragments(#"{"index":0,"function":{"arguments":"{\"q\":\"年"}}"#)
            + fragments(#"{"index":1,"id":"b","function":{"name":"now","arguments":"{"}}"#)
            + fragments(#"{"index":0,"function":{"arguments":"假\"}"}},{"index":1,"function":{"arguments":"}"}}"#)
            + finish("tool_calls")
        let completion = try await answer(to: body)
        #expect(completion.text == "Let me look. ")
        #expect(
            completion.toolCalls == [
                ToolCall(id: "a", name: "search", arguments: ["q": "年假"]),
                ToolCall(id: "b", name: "now", arguments: [:]),
            ]
        )
        #expect(completion.finish.reason == .toolCalls)
        #expect(completion.message == .assistant("Let me look. ", calling: completion.toolCalls))
    }

    @Test(
        "takes calls as vendors send them",
        arguments: [
            // No index, and a reason that hides the calls.
            #"{"id":"a","function":{"name":"search","arguments":"{}"}}"#,
            // No arguments, for a tool that needs none.
            #"{"index":0,"id":"a","function":{"name":"search"}}"#,
            #"{"index":0,"id":"a","function":{"name":"search","arguments":" "}}"#,
            // The object itself in the place of its text.
            #"{"index":0,"id":"a","function":{"name":"search","arguments":{}}}"#,
        ]
    )
    func tolerance(fragment: String) async throws {
        let completion = try await answer(to: fragments(fragment) + finish("stop"))
        #expect(completion.toolCalls == [ToolCall(id: "a", name: "search", arguments: [:])])
        #expect(completion.finish.reason == .toolCalls)
    }

    @Test("two calls without an index are told apart by their ids, and one without an id gets one")
    func withoutIndex() async throws {
        let body =
            fragments(#"{"id":"a","function":{"name":"x","arguments":"{\"n\":"}}"#)
            + fragments(#"{"function":{"arguments":"1}"}}"#)
            + fragments(#"{"id":"b","function":{"name":"y","arguments":"{}"}}"#) + finish("tool_calls")
        let completion = try await answer(to: body)
        #expect(completion.toolCalls.map(\.name) == ["x", "y"])
        #expect(completion.toolCalls.first?.arguments == ["n": 1])
        let unnamed = try await answer(to: fragments(#"{"index":3,"function":{"name":"x"}}"#) + finish("stop"))
        #expect(unnamed.toolCalls.map(\.id) == ["call_0"])
    }

    @Test("reads calls of an answer that comes whole")
    func whole() async throws {
        let completion = try await answer(
            to: #"""
                {"choices":[{"message":{"content":null,"tool_calls":[{"id":"a","type":"function",
                "function":{"name":"search","arguments":"{\"q\":1}"}}]},"finish_reason":"tool_calls"}]}
                """#,
            type: "application/json"
        )
        #expect(completion.toolCalls == [ToolCall(id: "a", name: "search", arguments: ["q": 1])])
        #expect(completion.text.isEmpty)
    }

    @Test("calls that a bound cut off are none")
    func cut() async throws {
        let half = fragments(#"{"index":0,"id":"a","function":{"name":"search","arguments":"{\"q\":"}}"#)
        let completion = try await answer(to: half + finish("length"))
        #expect(completion.toolCalls.isEmpty)
        #expect(completion.finish.reason == .length)
    }

    @Test(
        "what is no call is a bad answer",
        arguments: [
            #"{"index":0,"id":"a","function":{"name":"search","arguments":"{\"q\":"}}"#,
            #"{"index":0,"id":"a","function":{"name":"search","arguments":"[1]"}}"#,
            #"{"index":0,"id":"a","function":{"arguments":"{}"}}"#, "42",
        ]
    )
    func garbage(fragment: String) async throws {
        let error = await failure { _ = try await answer(to: fragments(fragment) + finish("tool_calls")) }
        #expect(error?.code == .badResponse && error?.isRetryable == true)
    }

    @Test("endless arguments and endless calls end at their bounds")
    func bounds() async throws {
        let long = String(repeating: "a", count: 1_000)
        let arguments = (0..<300).map { _ in fragments("{\"index\":0,\"function\":{\"arguments\":\"\(long)\"}}") }
        let first = await failure { _ = try await answer(to: arguments.joined()) }
        #expect(first?.code == .tooLarge)
        let calls = (0..<65).map { fragments("{\"index\":\($0),\"function\":{\"name\":\"x\"}}") }
        let second = await failure { _ = try await answer(to: calls.joined()) }
        #expect(second?.code == .tooLarge)
    }

    @Test("a call survives being stored")
    func stored() throws {
        let call = ToolCall(id: "c1", name: "search", arguments: ["q": "年假", "n": 9_007_199_254_740_993])
        let completion = ChatCompletion(
            text: "",
            toolCalls: [call],
            finish: ChatFinish(reason: .toolCalls, usage: .init(promptTokens: 3, completionTokens: 4), model: "m")
        )
        let bytes = try JSONEncoder().encode(completion)
        #expect(try JSONDecoder().decode(ChatCompletion.self, from: bytes) == completion)
    }

    @Test("a thought and a call on its way are signs of life, and no first word")
    func signsOfLife() async throws {
        let start = ContinuousClock.now
        try await withModel(
            change: {
                $0.deadlines.firstToken = .seconds(50)
                $0.deadlines.betweenTokens = .milliseconds(300)
            }
        ) { _, exchange in
            try await exchange.begin(headers: eventStream)
            try await exchange.write(#"data: {"choices":[{"delta":{"reasoning_content":"hm"}}]}"# + "\n\n")
        } _: { model, _ in
            let error = await failure { _ = try await model.complete(ChatRequest(messages: [.user("?")])) }
            #expect(error?.code == .timedOut)
            #expect(ContinuousClock.now - start < .seconds(50))
        }
    }
}
