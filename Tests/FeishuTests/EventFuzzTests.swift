import Feishu
import JSON
import TestSupport
import Testing

@Suite("Hostile input")
struct EventFuzzTests {
    @Test("mutated plaintexts are judged without a crash, and what passes is JSON", .timeLimit(.minutes(1)))
    func plaintexts() throws {
        let corpus = try Fixture.names("event_").map(Fixture.bytes)
        var generator = SeededGenerator(seed: 20_261_123)
        let deadline = ContinuousClock.now + .seconds(2)
        var accepted = 0
        var rounds = 0
        while rounds < 4_000, rounds < corpus.count || ContinuousClock.now < deadline {
            let plaintext = corpus[rounds % corpus.count].damaged(edits: 1...4, using: &generator)
            rounds += 1
            let clear = Delivery(body: plaintext).verdict(for: Delivery.openApp)
            guard let event = clear.received else { continue }
            accepted += 1
            let json = try JSONValue(parsing: event.plaintext)
            if let message = MessageReceived(envelope: json) { _ = message.plainText(droppingMentionOf: "ou_x") }
        }
        #expect(accepted > 0)
        #expect(rounds >= corpus.count)
    }

    @Test("mutated signed bodies are refused or a challenge, never an event", .timeLimit(.minutes(1)))
    func bodies() {
        let corpus = HTTPVector.all.filter { $0.kind != "reject" && $0.app.encryptKey != nil }
        var generator = SeededGenerator(seed: 7)
        let deadline = ContinuousClock.now + .seconds(2)
        var rounds = 0
        while rounds < 4_000, rounds < corpus.count || ContinuousClock.now < deadline {
            let vector = corpus[rounds % corpus.count]
            rounds += 1
            let body = vector.body.damaged(edits: 1...4, using: &generator)
            guard body != vector.body else { continue }
            let verdict = EventReceiver(app: vector.app).receive(
                body: body.span,
                headers: vector.headers,
                now: vector.now
            )
            #expect(verdict.received == nil, "\(vector.id)")
        }
        #expect(!corpus.isEmpty)
    }

    @Test("mutated message contents decode to something", .timeLimit(.minutes(1)))
    func contents() throws {
        let corpus = try Fixture.names("event_im_message_receive").map { name in
            let message = try Fixture.json(name)["event"]?["message"]
            return (message?["message_type"]?.string ?? "", Array((message?["content"]?.string ?? "").utf8))
        }
        var generator = SeededGenerator(seed: 99)
        let deadline = ContinuousClock.now + .seconds(2)
        var rounds = 0
        while rounds < 4_000, rounds < corpus.count || ContinuousClock.now < deadline {
            let (type, content) = corpus[rounds % corpus.count]
            rounds += 1
            let text = String(decoding: content.damaged(edits: 1...4, using: &generator), as: UTF8.self)
            _ = MessageContent(type: type, content: text)
        }
        #expect(rounds >= corpus.count)
    }
}
