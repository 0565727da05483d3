import Foundation
import JSON
import LanguageModel
import Testing

@Suite("Token estimate")
struct TokenEstimateTests {
    /// A text and what a real vocabulary makes of it; written by `Fixtures/make_token_counts.py`.
    struct Sample: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let ordinary: Bool
        let tokens: Int
        let text: String

        var testDescription: String { name }

        static let all: [Sample] = {
            guard let url = Bundle.module.url(forResource: "token-counts", withExtension: "json"),
                let data = try? Data(contentsOf: url),
                let samples = try? JSONDecoder().decode([Sample].self, from: data)
            else { return [] }
            return samples
        }()
    }

    @Test("is never under the count, and for ordinary text hardly over it", arguments: Sample.all)
    func samples(sample: Sample) {
        let estimate = TokenEstimate.tokens(in: sample.text)
        #expect(estimate >= sample.tokens)
        if sample.ordinary { #expect(Double(estimate) <= 1.6 * Double(sample.tokens)) }
    }

    @Test("the list of samples is there")
    func list() {
        #expect(Sample.all.count > 40)
    }

    @Test("grows with the text, and is nothing for none")
    func sizes() {
        #expect(TokenEstimate.tokens(in: "") == 0)
        let text = Sample.all.filter(\.ordinary).map(\.text).joined(separator: "\n")
        let once = TokenEstimate.tokens(in: text)
        let many = TokenEstimate.tokens(in: String(repeating: text + "\n", count: 50))
        #expect((once * 50...(once + 2) * 50).contains(many))
    }

    @Test("counts all that is sent: frames, images, calls and tools")
    func request() throws {
        let image = try ChatImage([0xFF, 0xD8, 0xFF])
        let call = ToolCall(id: "1", name: "search", arguments: ["q": "annual leave"])
        let plain = ChatRequest(messages: [.user("hello")])
        let calling = ChatRequest(messages: [.user("hello"), .assistant("", calling: [call])])
        let tools = ChatRequest(
            messages: [.user("hello")],
            tools: [ChatTool(name: "search", description: "Finds documents", parameters: ["type": "object"])]
        )
        let seeing = ChatRequest(messages: [.user("hello", images: [image])])
        #expect(TokenEstimate.tokens(in: plain) > TokenEstimate.tokens(in: "hello"))
        #expect(TokenEstimate.tokens(in: calling) >= TokenEstimate.tokens(in: plain) + 8)
        #expect(TokenEstimate.tokens(in: tools) >= TokenEstimate.tokens(in: plain) + 8)
        #expect(TokenEstimate.tokens(in: seeing) == TokenEstimate.tokens(in: plain) + TokenEstimate.perImage)
    }
}
