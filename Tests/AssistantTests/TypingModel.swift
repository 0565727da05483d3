import LanguageModel
import NIOConcurrencyHelpers
import Testing

/// A model that writes when the test says so.
final class TypingModel: LanguageModel {
    let name = "typing"
    private let asked = NIOLockedValueBox<[ChatRequest]>([])
    private let ended = NIOLockedValueBox(0)
    private let pages: NIOLockedValueBox<[AsyncStream<ChatEvent>.Continuation]> = .init([])

    var requests: [ChatRequest] { asked.withLockedValue { $0 } }
    /// How many streams are over: read to their end, or let go.
    var endedStreams: Int { ended.withLockedValue { $0 } }

    /// Writes on in the latest answer.
    func write(_ text: String) { pages.withLockedValue { _ = $0.last?.yield(.text(text)) } }

    /// Ends the latest answer.
    func finish() {
        pages.withLockedValue {
            $0.last?.yield(.finished(ChatFinish(reason: .stop, model: name)))
            $0.last?.finish()
        }
    }

    func stream(_ request: ChatRequest) async throws(LanguageModelError) -> ChatStream {
        let (events, page) = AsyncStream.makeStream(of: ChatEvent.self)
        page.onTermination = { [ended] _ in ended.withLockedValue { $0 += 1 } }
        asked.withLockedValue { $0.append(request) }
        pages.withLockedValue { $0.append(page) }
        return ChatStream {
            var iterator = events.makeAsyncIterator()
            return { () async throws(LanguageModelError) -> ChatEvent? in
                guard let event = await iterator.next(isolation: #isolation) else {
                    throw LanguageModelError(code: .cancelled, model: "typing")
                }
                return event
            }
        }
    }
}
