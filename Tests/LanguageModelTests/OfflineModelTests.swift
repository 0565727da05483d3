import LanguageModel
import Logging
import Testing

@Suite("Offline model")
struct OfflineModelTests {
    private func answer(_ text: String, language: WrittenLanguage = .chinese) async throws -> String {
        try await OfflineModel(language: language).complete(ChatRequest(messages: [.user(text)])).text
    }

    @Test("an open question gets an honest answer that names the settings, in the language of the question")
    func openQuestions() async throws {
        for text in ["今年的市场怎么样？", "What is the capital of France?"] {
            let reply = try await answer(text)
            for setting in ["LLM_PROVIDER=openai", "LLM_BASE_URL", "LLM_API_KEY", "LLM_MODEL"] {
                #expect(reply.contains(setting))
            }
            #expect(WrittenLanguage(of: reply) == WrittenLanguage(of: text))
        }
        #expect(WrittenLanguage(of: try await answer("👍", language: .english)) == .english)
    }

    @Test("a long text comes back as its own sentences, labelled as an extract")
    func longText() async throws {
        let sentences = (1...40).map { "第\($0)项工作是核对供应商\($0 % 6)的合同金额和付款日期，负责人已经确认。" }
        let reply = try await answer(sentences.joined())
        let points = reply.split(separator: "\n").filter { $0.hasPrefix("• ") }.map { String($0.dropFirst(2)) }
        #expect((2...6).contains(points.count))
        #expect(points.allSatisfy(sentences.contains))
        #expect(reply.contains("离线"))
    }

    @Test("says of itself that it answers no open questions")
    func capability() {
        #expect(!OfflineModel().answersOpenQuestions)
    }
}

@Suite("Fallback model")
struct FallbackModelTests {
    /// Answers with events or fails, and counts how often it was asked.
    private struct Scripted: LanguageModel {
        let name: String
        let outcome: Result<[ChatEvent], LanguageModelError>

        init(_ name: String, _ outcome: Result<[ChatEvent], LanguageModelError>) {
            self.name = name
            self.outcome = outcome
        }

        func stream(_ request: ChatRequest) async throws(LanguageModelError) -> ChatStream {
            ChatStream(try outcome.get())
        }
    }

    private func failing(_ name: String, _ code: LanguageModelError.Code, retryAfter: Duration? = nil) -> Scripted {
        Scripted(name, .failure(LanguageModelError(code: code, model: name, retryAfter: retryAfter)))
    }

    private func answering(_ name: String) -> Scripted {
        Scripted(name, .success([.text("from \(name)"), .finished(ChatFinish(reason: .stop, model: name))]))
    }

    private func model(_ first: Scripted, _ rest: Scripted...) -> FallbackModel {
        FallbackModel(first, then: rest, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("the first that begins to answer is the one that answers")
    func order() async throws {
        let request = ChatRequest(messages: [.user("hi")])
        #expect(try await model(answering("a"), answering("b")).complete(request).text == "from a")
        let second = try await model(failing("a", .serverFailed), failing("b", .unauthorised), answering("c"))
            .complete(request)
        #expect(second.text == "from c")
        #expect(second.finish.model == "c")
    }

    @Test("when all fail, an error that can be retried is preferred")
    func allFail() async {
        let models = model(failing("a", .rateLimited, retryAfter: .seconds(7)), failing("b", .unauthorised))
        let error = await #expect(throws: LanguageModelError.self) {
            _ = try await models.complete(ChatRequest(messages: [.user("hi")]))
        }
        #expect(error?.code == .rateLimited)
        #expect(error?.retryAfter == .seconds(7))
    }

    @Test("cancellation asks nobody else")
    func cancelled() async {
        let error = await #expect(throws: LanguageModelError.self) {
            _ = try await model(failing("a", .cancelled), answering("b")).complete(ChatRequest(messages: []))
        }
        #expect(error?.code == .cancelled)
    }
}
