import JSON

/// What one chunk of a stream says.
enum ChatDelta: Sendable, Equatable {
    case event(ChatEvent)
    /// A token that is nothing to the reader: of a thought, or of a tool call that is not whole yet.
    case progress
}

/// Turns the `data` of a chat-completions stream into events: chunk objects, then `[DONE]`.
///
/// Vendors leave fields out, send `null` for them, put usage beside the finish reason or into a chunk of its own
/// after it, or never send `[DONE]`; all of that is accepted. What is no JSON object, or an error object, is not.
struct ChatChunkDecoder {
    private let model: String
    /// Bytes of text that may still come.
    private var room: Int
    private var calls: ToolCallAssembler
    private var finish: ChatFinish
    private var hasReason = false
    /// Whether anything was a chunk at all.
    private var hasChunk = false

    init(model: String, maximumBytes: Int) {
        self.model = model
        room = maximumBytes
        calls = ToolCallAssembler(model: model)
        finish = ChatFinish(reason: .other, model: model)
    }

    /// What one `data` field says, in order; empty for one that says nothing.
    ///
    /// Throws `badResponse`, `tooLarge`, or what an error object in the stream stands for.
    mutating func decode(_ data: String) throws(LanguageModelError) -> [ChatDelta] {
        if data.trimmingPrefix(while: \.isWhitespace).hasPrefix("[DONE]") { return try end() }
        return try decode(bytes: Array(data.utf8)).map { [$0] } ?? []
    }

    /// The events of an answer that came whole, as `application/json`.
    mutating func decodeWhole(_ bytes: [UInt8]) throws(LanguageModelError) -> [ChatDelta] {
        let text = try decode(bytes: bytes)
        guard hasChunk else { throw LanguageModelError(code: .badResponse, model: model) }
        hasReason = true
        return [text].compactMap { $0 } + (try end())
    }

    /// The events of a stream that is over. Throws `truncated` if the answer was not complete, and `badResponse` if its
    /// tool calls are none.
    mutating func end() throws(LanguageModelError) -> [ChatDelta] {
        guard hasReason else { throw LanguageModelError(code: .truncated, model: model) }
        // What a bound or a filter cut off is no call; the reason tells the reader.
        let isCut = finish.reason == .length || finish.reason == .contentFilter
        guard !calls.isEmpty, !isCut else { return [.event(.finished(finish))] }
        // Some servers call it `stop` all the same.
        finish.reason = .toolCalls
        return [.event(.toolCalls(try calls.calls())), .event(.finished(finish))]
    }

    private mutating func decode(bytes: [UInt8]) throws(LanguageModelError) -> ChatDelta? {
        let chunk: JSONValue
        do {
            chunk = try JSONValue(parsing: bytes)
        } catch {
            throw LanguageModelError(code: .badResponse, model: model)
        }
        guard case .object(let object) = chunk else { throw LanguageModelError(code: .badResponse, model: model) }
        if let failure = object["error"], !failure.isNull {
            throw VendorError(chunk).error(status: nil, model: model, retryAfter: nil)
        }
        if let name = object["model"]?.string, !name.isEmpty { finish.model = name }
        if let usage = Self.usage(object["usage"]) { finish.usage = usage }
        guard let choice = object["choices"]?.array?.first else { return nil }
        hasChunk = true
        if let reason = choice["finish_reason"]?.string, !reason.isEmpty {
            finish.reason = ChatFinish.Reason(rawValue: reason) ?? .other
            hasReason = true
        }
        let said = choice["delta"] ?? choice["message"]
        let fragments = said?["tool_calls"]?.array ?? []
        try calls.take(fragments)
        let text = said?["content"]?.string ?? choice["text"]?.string ?? ""
        guard text.isEmpty else {
            room -= text.utf8.count
            guard room >= 0 else { throw LanguageModelError(code: .tooLarge, model: model) }
            return .event(.text(text))
        }
        // Models that think aloud (DeepSeek, Qwen) send this first, for minutes.
        let isThought = said?["reasoning_content"]?.string?.isEmpty == false
        return fragments.isEmpty && !isThought ? nil : .progress
    }

    private static func usage(_ value: JSONValue?) -> ChatUsage? {
        guard let value, let prompt = value["prompt_tokens"]?.integer else { return nil }
        return ChatUsage(
            promptTokens: Int(clamping: prompt),
            completionTokens: Int(clamping: value["completion_tokens"]?.integer ?? 0)
        )
    }
}
