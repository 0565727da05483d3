import Feishu
import JSON
import Testing

@Suite("Recorded deliveries")
struct HTTPVectorTests {
    @Test("every vector of the file is there")
    func complete() { #expect(HTTPVector.all.count == 27) }

    @Test("each is judged as it says", arguments: HTTPVector.all)
    func judged(_ vector: HTTPVector) throws {
        switch (vector.kind, vector.verdict) {
        case ("challenge", .challenge(let response)):
            #expect(try JSONValue(parsing: response) == vector.response)
        // What was delivered before is genuine all the same: remembering it is the gateway's part.
        case ("event", .event(let event)), ("duplicate", .event(let event)), ("callback", .callback(let event)),
            ("ignored", .ignored(let event)):
            #expect(String(decoding: event.plaintext, as: UTF8.self) == vector.plaintext)
            #expect(event.appID == vector.app.appID)
            #expect(!event.eventID.isEmpty)
        case ("reject", .refused(let status, _)):
            #expect((400..<500).contains(status))
        case (_, let verdict):
            Issue.record("\(vector.id) became \(verdict)")
        }
    }

    @Test(
        "a refusal has the status of its reason",
        arguments: [
            ("s02-challenge-wrong-token", 403, EventRefusal.wrongToken),
            ("s11-plain-event-wrong-token", 403, .wrongToken),
            ("s15-signature-zeros", 401, .badSignature),
            ("s16-signature-wrong-key", 401, .badSignature),
            ("s17-body-tampered", 401, .badSignature),
            ("s18-no-signature", 401, .missingSignature),
            ("s19-ciphertext-bit-flip", 400, .malformed),
            ("s21-stale-24h", 401, .staleTimestamp),
            ("s22-future-24h", 401, .staleTimestamp),
            ("s24-not-json", 400, .malformed),
            ("s26-encrypted-without-key", 400, .noEncryptKey),
        ]
    )
    func refused(id: String, status: Int, reason: EventRefusal) throws {
        let vector = try #require(HTTPVector.all.first { $0.id == id })
        #expect(vector.verdict == .refused(status: status, reason: reason))
    }

    @Test("redeliveries carry the ids that tell them from new events")
    func duplicates() throws {
        func event(_ id: String) throws -> ReceivedEvent {
            let vector = try #require(HTTPVector.all.first { $0.id == id })
            guard case .event(let event) = vector.verdict else { throw CancellationError() }
            return event
        }
        let first = try event("s06-text-p2p")
        let again = try event("s08-text-p2p-again")
        let otherEventID = try event("s09-same-message-new-event-id")
        #expect(first.eventID == again.eventID)
        #expect(first.eventID != otherEventID.eventID)
        #expect(first.messageID == otherEventID.messageID)
        #expect(first.messageID != nil)
    }
}
