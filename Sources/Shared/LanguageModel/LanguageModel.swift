/// Something that answers chats: a vendor's endpoint, the embedded offline model, or a list of these.
package protocol LanguageModel: Sendable {
    /// Names the model in answers and metrics, such as `qwen-plus` or `offline`.
    var name: String { get }

    /// Whether open questions can be answered: false for the embedded stand-in, which only extracts.
    var answersOpenQuestions: Bool { get }

    /// Whether it sees images. One that does not is sent a note in the place of each.
    var readsImages: Bool { get }

    /// Asks, and returns once the first event has arrived.
    ///
    /// What it throws therefore happened before the first word, so that another try or another model is
    /// invisible to the reader. What the stream throws happened after it. Cancelling the calling task ends
    /// the request at once with `cancelled`.
    func stream(_ request: ChatRequest) async throws(LanguageModelError) -> ChatStream
}

extension LanguageModel {
    package var answersOpenQuestions: Bool { true }
    package var readsImages: Bool { false }

    /// Asks, and returns the whole answer. Throws what `stream` and its events throw.
    package func complete(_ request: ChatRequest) async throws(LanguageModelError) -> ChatCompletion {
        var text = ""
        var calls: [ToolCall] = []
        var events = try await stream(request).makeAsyncIterator()
        while let event = try await events.next(isolation: #isolation) {
            switch event {
            case .text(let piece): text += piece
            case .toolCalls(let wanted): calls += wanted
            case .finished(let finish): return ChatCompletion(text: text, toolCalls: calls, finish: finish)
            }
        }
        throw LanguageModelError(code: .truncated, model: name)
    }
}
