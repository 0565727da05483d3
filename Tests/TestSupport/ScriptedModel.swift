package import LanguageModel
import NIOConcurrencyHelpers

/// A model that says what the test says, and remembers what it was asked.
package final class ScriptedModel: LanguageModel {
    package typealias Answer = Result<String, LanguageModelError>

    package let name = "scripted"
    package let readsImages = true
    private let answer: @Sendable (ChatRequest) -> Answer
    private let asked = NIOLockedValueBox<[ChatRequest]>([])

    package var requests: [ChatRequest] { asked.withLockedValue { $0 } }

    package init(_ answer: @escaping @Sendable (ChatRequest) -> Answer) {
        self.answer = answer
    }

    /// Gives these in turn, the last one for ever.
    package convenience init(answers: [Answer]) {
        let rest = NIOLockedValueBox(answers)
        self.init { _ in rest.withLockedValue { $0.count > 1 ? $0.removeFirst() : $0[0] } }
    }

    package func stream(_ request: ChatRequest) async throws(LanguageModelError) -> ChatStream {
        asked.withLockedValue { $0.append(request) }
        let text = try answer(request).get()
        return ChatStream([.text(text), .finished(ChatFinish(reason: .stop, model: name))].filter { $0 != .text("") })
    }
}
