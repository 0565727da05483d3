import JSON
import LanguageModel
import TestSupport
import Testing

@Suite("Images for a model")
struct ChatImageTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2]

    @Test("a picture's type is told from its bytes")
    func types() throws {
        #expect(try ChatImage(Self.png).dataURL == "data:image/png;base64,iVBORw0KGgoBAg==")
        #expect(try ChatImage([0xFF, 0xD8, 0xFF, 0xE0]).dataURL.hasPrefix("data:image/jpeg;base64,"))
        #expect(try ChatImage(Array("GIF89a...".utf8)).dataURL.hasPrefix("data:image/gif;base64,"))
        #expect(try ChatImage(Array("RIFF1234WEBPVP8 ".utf8)).dataURL.hasPrefix("data:image/webp;base64,"))
        #expect(throws: ChatImage.Refusal.unsupportedType) { try ChatImage(Array("<svg/>".utf8)) }
        #expect(throws: ChatImage.Refusal.unsupportedType) { try ChatImage([]) }
    }

    @Test("a picture beyond the bound is refused")
    func bound() {
        let bytes = Self.png + [UInt8](repeating: 0, count: ChatImage.maximumBytes)
        #expect(throws: ChatImage.Refusal.tooLarge(bytes: bytes.count)) { try ChatImage(bytes) }
    }

    @Test("a model that sees gets the picture, one that does not a note in its place", arguments: [true, false])
    func sent(readsImages: Bool) async throws {
        let image = try ChatImage(Self.png)
        try await withModel(change: { $0.readsImages = readsImages }) { _, exchange in
            try await exchange.respond(headers: eventStream, chunk("ok") + ending)
        } _: { model, server in
            #expect(model.readsImages == readsImages)
            _ = try await model.complete(ChatRequest(messages: [.user("what is this?", images: [image])]))
            let body = try JSONValue(parsing: try #require(server.tally.requests.first).body)
            let content = body["messages"]?.array?.first?["content"]
            let seen: JSONValue = [
                ["type": "text", "text": "what is this?"],
                ["type": "image_url", "image_url": ["url": .string(image.dataURL)]],
            ]
            #expect(content == (readsImages ? seen : "what is this?\n[image]"))
        }
    }
}
