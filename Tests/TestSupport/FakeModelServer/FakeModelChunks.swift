import JSON

/// What a fake model puts on the wire, after OpenAI's API reference ("Create chat completion", "Streaming").
enum FakeModelChunks {
    /// An event of a stream: a chunk with this delta.
    static func event(delta: JSONValue, finish: String? = nil, model: String, usage: JSONValue? = nil) -> [UInt8] {
        var chunk: JSONObject = [
            "id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": .string(model),
            "choices": [["index": 0, "delta": delta, "finish_reason": finish.map { .string($0) } ?? .null]],
        ]
        if let usage { chunk["usage"] = usage }
        return framed(JSONValue.object(chunk).text)
    }

    static func usage(prompt: Int, completion: Int) -> JSONValue {
        [
            "prompt_tokens": .integer(Int64(prompt)), "completion_tokens": .integer(Int64(completion)),
            "total_tokens": .integer(Int64(prompt + completion)),
        ]
    }

    /// The chunk behind the last one that says what it cost.
    static func usageEvent(_ usage: JSONValue, model: String) -> [UInt8] {
        framed(
            JSONValue.object([
                "id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": 1_700_000_000,
                "model": .string(model), "choices": [], "usage": usage,
            ]).text
        )
    }

    /// Fragments of calls by turns, as many as the longest arguments need.
    static func fragments(of calls: [FakeModelAnswer.Call], model: String) -> [[UInt8]] {
        var events: [[UInt8]] = []
        var rest = calls.map { Array($0.arguments) }
        for (index, call) in calls.enumerated() {
            let fragment: JSONValue = [
                "index": .integer(Int64(index)), "id": .string(call.id), "type": "function",
                "function": ["name": .string(call.name), "arguments": ""],
            ]
            events.append(event(delta: ["tool_calls": [fragment]], model: model))
        }
        while rest.contains(where: { !$0.isEmpty }) {
            for index in rest.indices where !rest[index].isEmpty {
                let piece = String(rest[index].prefix(3))
                rest[index].removeFirst(min(3, rest[index].count))
                let fragment: JSONValue = ["index": .integer(Int64(index)), "function": ["arguments": .string(piece)]]
                events.append(event(delta: ["tool_calls": [fragment]], model: model))
            }
        }
        return events
    }

    static func error(_ message: String, code: String) -> JSONValue {
        ["error": ["message": .string(message), "type": .string(code), "code": .string(code)]]
    }

    static func framed(_ data: String) -> [UInt8] { Array("data: \(data)\n\n".utf8) }

    /// The answer in one piece.
    static func whole(_ answer: FakeModelAnswer, model: String) -> JSONValue {
        var message: JSONObject = ["role": "assistant", "content": .string(answer.tokens.joined())]
        if !answer.calls.isEmpty {
            message["tool_calls"] = .array(
                answer.calls.map {
                    [
                        "id": .string($0.id), "type": "function",
                        "function": ["name": .string($0.name), "arguments": .string($0.arguments)],
                    ]
                }
            )
        }
        var object: JSONObject = [
            "id": "chatcmpl-fake", "object": "chat.completion", "created": 1_700_000_000, "model": .string(model),
            "choices": [
                [
                    "index": 0, "message": .object(message),
                    "finish_reason": answer.calls.isEmpty ? "stop" : "tool_calls",
                ]
            ],
        ]
        if let prompt = answer.promptTokens {
            object["usage"] = usage(prompt: prompt, completion: answer.tokens.count)
        }
        return .object(object)
    }
}
