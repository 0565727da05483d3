import JSON

/// The body of a streaming `POST /chat/completions` (OpenAI API reference, "Create chat completion").
struct ChatCompletionRequest {
    let model: String
    let request: ChatRequest
    var readsImages = false
    var tokenLimitField = OpenAIConfiguration.TokenLimitField.maxTokens

    /// UTF-8 JSON. Usage is asked for in the stream; servers that do not know the option ignore it.
    var body: [UInt8] {
        var object: JSONObject = [
            "model": .string(model),
            "messages": .array(request.messages.map(message)),
            "stream": true,
            "stream_options": ["include_usage": true],
        ]
        if !request.tools.isEmpty { object["tools"] = .array(request.tools.map(tool)) }
        if let maximum = request.maximumTokens { object[tokenLimitField.rawValue] = .integer(Int64(maximum)) }
        if let temperature = request.temperature { object["temperature"] = .double(temperature) }
        return JSONValue.object(object).bytes
    }

    private func message(_ message: ChatMessage) -> JSONValue {
        var object: JSONObject = ["role": .string(message.role.rawValue), "content": content(of: message)]
        if !message.toolCalls.isEmpty {
            object["tool_calls"] = .array(
                message.toolCalls.map { call in
                    [
                        "id": .string(call.id),
                        "type": "function",
                        "function": [
                            "name": .string(call.name),
                            "arguments": .string(JSONValue.object(call.arguments).text),
                        ],
                    ]
                }
            )
        }
        if let id = message.toolCallID { object["tool_call_id"] = .string(id) }
        return .object(object)
    }

    /// Plain text wherever it will do: not every server takes parts.
    private func content(of message: ChatMessage) -> JSONValue {
        guard readsImages, message.hasImages else {
            let texts = message.parts.map { $0.text ?? Self.imageNote }
            // A message that only calls tools has no content (`null` in the API reference).
            return texts.isEmpty && !message.toolCalls.isEmpty ? .null : .string(texts.joined(separator: "\n"))
        }
        return .array(
            message.parts.map { part in
                switch part {
                case .text(let text): ["type": "text", "text": .string(text)]
                case .image(let image): ["type": "image_url", "image_url": ["url": .string(image.dataURL)]]
                }
            }
        )
    }

    private func tool(_ tool: ChatTool) -> JSONValue {
        [
            "type": "function",
            "function": [
                "name": .string(tool.name),
                "description": .string(tool.description),
                "parameters": .object(tool.parameters),
            ],
        ]
    }

    /// What stands for an image before a model that sees none.
    private static let imageNote = "[image]"
}
