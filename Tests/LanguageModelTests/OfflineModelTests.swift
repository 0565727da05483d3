import LanguageModel
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
