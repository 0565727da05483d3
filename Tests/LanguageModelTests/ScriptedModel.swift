import LanguageModel
import NIOConcurrencyHelpers

/// A model that gives the outcomes a test lists, the last one for ever, and counts how often it was asked.
final class ScriptedModel: LanguageModel {
    /// What a request comes to: a failure before the first word, or events that may end in one.
    enum Outcome {
        case fails(LanguageModelError.Code, retryAfter: Duration? = nil)
        case says(String, thenFails: LanguageModelError.Code? = nil)
    }

    let name: String
    let readsImages: Bool
    private let state: NIOLockedValueBox<(outcomes: [Outcome], asked: Int)>

    var asked: Int { state.withLockedValue { $0.asked } }

    init(_ name: String, readsImages: Bool = false, _ outcomes: Outcome...) {
        self.name = name
        self.readsImages = readsImages
        state = NIOLockedValueBox((outcomes, 0))
    }

    func stream(_ request: ChatRequest) async throws(LanguageModelError) -> ChatStream {
        let outcome = state.withLockedValue { state in
            state.asked += 1
            return state.outcomes.count > 1 ? state.outcomes.removeFirst() : state.outcomes[0]
        }
        switch outcome {
        case .fails(let code, let wait): throw LanguageModelError(code: code, model: name, retryAfter: wait)
        case .says(let text, let failure):
            let finish = ChatFinish(reason: .stop, usage: .init(promptTokens: 7, completionTokens: 5), model: name)
            let name = name
            return ChatStream {
                var events: [ChatEvent] = [.text(text), .finished(finish)]
                return { () async throws(LanguageModelError) -> ChatEvent? in
                    if let failure, events.count == 1 { throw LanguageModelError(code: failure, model: name) }
                    return events.isEmpty ? nil : events.removeFirst()
                }
            }
        }
    }
}
