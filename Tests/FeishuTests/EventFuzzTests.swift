import Feishu
import JSON
import Testing

@Suite("Hostile input")
struct EventFuzzTests {
    /// A small generator whose sequence is the same in every run (SplitMix64, public domain).
    struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// One to four random edits: a byte changed, cut out, doubled, cut off, or a structural byte put in.
    static func mutate(_ bytes: [UInt8], with generator: inout Generator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &generator)
            let end = min(bytes.count, index + Int.random(in: 1...32, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.removeSubrange(index..<end)
            case 2: bytes.insert(contentsOf: bytes[index..<end], at: index)
            case 3: bytes.removeSubrange(index...)
            case 4: bytes.insert(Array("{}[]\",:\\0-eu".utf8).randomElement(using: &generator) ?? 0, at: index)
            default: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
        }
        return bytes
    }

    @Test("mutated plaintexts are judged without a crash, and what passes is JSON", .timeLimit(.minutes(1)))
    func plaintexts() throws {
        let corpus = try Fixture.names("event_").map(Fixture.bytes)
        var generator = Generator(state: 20_261_123)
        let deadline = ContinuousClock.now + .seconds(2)
        var accepted = 0
        var rounds = 0
        while rounds < 4_000, rounds < corpus.count || ContinuousClock.now < deadline {
            let plaintext = Self.mutate(corpus[rounds % corpus.count], with: &generator)
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
        var generator = Generator(state: 7)
        let deadline = ContinuousClock.now + .seconds(2)
        var rounds = 0
        while rounds < 4_000, rounds < corpus.count || ContinuousClock.now < deadline {
            let vector = corpus[rounds % corpus.count]
            rounds += 1
            let body = Self.mutate(vector.body, with: &generator)
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
        var generator = Generator(state: 99)
        let deadline = ContinuousClock.now + .seconds(2)
        var rounds = 0
        while rounds < 4_000, rounds < corpus.count || ContinuousClock.now < deadline {
            let (type, content) = corpus[rounds % corpus.count]
            rounds += 1
            let text = String(decoding: Self.mutate(content, with: &generator), as: UTF8.self)
            _ = MessageContent(type: type, content: text)
        }
        #expect(rounds >= corpus.count)
    }
}
