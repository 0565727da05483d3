import JSON

/// The body of a streaming `POST /chat/completions` (OpenAI API reference, "Create chat completion").
struct ChatCompletionRequest {
    let model: String
    let request: ChatRequest

    /// UTF-8 JSON. Usage is asked for in the stream; servers that do not know the option ignore it.
    var body: [UInt8] {
        var object: JSONObject = [
            "model": .string(model),
            "messages": .array(
                request.messages.map { ["role": .string($0.role.rawValue), "content": .string($0.content)] }
            ),
            "stream": true,
            "stream_options": ["include_usage": true],
        ]
        if let maximum = request.maximumTokens { object["max_tokens"] = .integer(Int64(maximum)) }
        if let temperature = request.temperature { object["temperature"] = .double(temperature) }
        return JSONValue.object(object).bytes
    }
}
