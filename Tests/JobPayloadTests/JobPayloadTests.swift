import Cryptography
import Deflate
import JSON
import JobQueue
import Testing

@testable import JobPayload

@Suite("Compressed and encrypted payloads")
struct JobPayloadTests {
    private static let key = Array(repeating: UInt8(7), count: 32)
    private let task = PayloadOwner(id: "t-1", name: "shop.pay")
    private let text = Array(#"[[], {"text": "\#(String(repeating: "all the same ", count: 500))"}, null]"#.utf8)

    private func ring(_ current: String, _ names: [String] = []) throws -> PayloadKeyRing {
        let keys = (names + [current]).map { ($0, SHA256.hash($0.utf8)) }
        return try PayloadKeyRing(current: current, keys: Dictionary(keys, uniquingKeysWith: { $1 }))
    }

    private func failure(_ body: () throws -> Void) -> TaskFailure? {
        do {
            try body()
            return nil
        } catch {
            return error as? TaskFailure
        }
    }

    // MARK: Compression

    @Test("only what is over the size is compressed, and comes back as it was")
    func compression() throws {
        let payload = JobPayload(compression: .over(bytes: 100))
        #expect(!payload.changes(bodyOf: 100))
        #expect(payload.changes(bodyOf: 101))
        let encoded = payload.encode(text, of: task)
        #expect(encoded.compression == "application/x-gzip")
        #expect(encoded.bytes.count < text.count / 10)
        #expect(encoded.bytes.prefix(1) == [0x78])
        #expect(try payload.decode(encoded, of: task) == text)
    }

    @Test("what compression would not make smaller stays as it is")
    func incompressible() {
        let noise = RandomBytes.generate(count: 5_000)
        let encoded = JobPayload(compression: .over(bytes: 0)).encode(noise, of: task)
        #expect(encoded == EncodedBody(noise))
    }

    @Test("what decompresses to more than the bound is refused, and what is no whole stream")
    func bomb() throws {
        let bomb = try #require(ZlibStream.compress(Array(repeating: 0, count: 50 << 20), level: 9))
        #expect(bomb.count < 60_000)
        let payload = JobPayload(maximumBytes: 1 << 20)
        let encoded = EncodedBody(bomb, compression: "application/x-gzip")
        let refusal = failure { _ = try payload.decode(encoded, of: task) }
        #expect(refusal?.type == "PayloadTooLarge")
        #expect(refusal?.message == "the body decompresses to more than 1048576 bytes")
        #expect(throws: ZlibStream.Fault.malformed) { try ZlibStream.decompress([], bound: 10) }
        let whole = try #require(ZlibStream.compress(text, level: 6))
        #expect(try ZlibStream.decompress(whole, bound: text.count) == text)
        #expect(throws: ZlibStream.Fault.tooLarge) { try ZlibStream.decompress(whole, bound: text.count - 1) }
        for cut in [1, 2, whole.count / 2, whole.count - 1] {
            #expect(throws: ZlibStream.Fault.malformed) {
                try ZlibStream.decompress(Array(whole.prefix(cut)), bound: text.count)
            }
        }
        #expect(throws: ZlibStream.Fault.malformed) { try ZlibStream.decompress(whole + [0], bound: text.count) }
        var damaged = whole
        damaged[whole.count - 1] ^= 1
        #expect(throws: ZlibStream.Fault.malformed) { try ZlibStream.decompress(damaged, bound: text.count) }
    }

    @Test("another compression is refused by its name")
    func otherCompression() {
        let encoded = EncodedBody(text, compression: "application/x-bz2")
        let refusal = failure { _ = try JobPayload().decode(encoded, of: task) }
        #expect(refusal?.type == "ContentDisallowed")
        #expect(refusal?.message == "compression application/x-bz2 is not accepted, only application/x-gzip")
    }

    // MARK: Encryption

    @Test("a body is compressed, then encrypted, then put aside by its size after both")
    func order() throws {
        let noise = Array(#"[[], {"n": "\#(Hex.encode(RandomBytes.generate(count: 4_000)))"}, null]"#.utf8)
        let payload = JobPayload(
            compression: .over(bytes: 1_000),
            encryption: try ring("a"),
            storedAside: .over(bytes: 2_000)
        )
        let small = payload.encode(text, of: task)
        #expect(small.compression != nil && small.encryption == "AES-256-GCM" && small.keyID == "a")
        #expect(!small.isAside)
        let large = payload.encode(noise, of: task)
        #expect(large.isAside && large.compression != nil)
        #expect(try payload.decode(small, of: task) == text)
        #expect(try payload.decode(large, of: task) == noise)
        #expect(payload.encode(text, of: task).bytes != small.bytes)
    }

    @Test("a body cannot be moved to another task, nor can what its headers say be changed")
    func binding() throws {
        let payload = JobPayload(compression: .over(bytes: 100), encryption: try ring("a", ["b"]))
        let encoded = payload.encode(text, of: task)
        func isRefused(_ change: (inout EncodedBody) -> Void, _ owner: PayloadOwner) -> Bool {
            var other = encoded
            change(&other)
            return failure { _ = try payload.decode(other, of: owner) }?.type == "PayloadUnreadable"
        }
        #expect(!isRefused({ _ in }, task))
        #expect(isRefused({ _ in }, PayloadOwner(id: "t-2", name: task.name)))
        #expect(isRefused({ _ in }, PayloadOwner(id: task.id, name: "shop.refund")))
        #expect(isRefused({ _ in }, PayloadOwner(id: "t-1shop", name: ".pay")))
        #expect(isRefused({ $0.keyID = "b" }, task))
        #expect(isRefused({ $0.compression = nil }, task))
        #expect(isRefused({ $0.bytes[20] ^= 1 }, task))
        #expect(isRefused({ $0.bytes = [] }, task))
        #expect(isRefused({ $0.bytes.removeLast() }, task))
    }

    @Test("old keys still decrypt, the current one encrypts, and an unknown one is named")
    func rotation() throws {
        let before = JobPayload(encryption: try ring("2026-10"))
        let after = JobPayload(encryption: try ring("2026-11", ["2026-10"]))
        let old = before.encode(text, of: task)
        #expect(try after.decode(old, of: task) == text)
        let new = after.encode(text, of: task)
        #expect(new.keyID == "2026-11")
        let refusal = failure { _ = try before.decode(new, of: task) }
        #expect(refusal?.type == "PayloadKeyMissing")
        #expect(
            refusal?.message == "the body is encrypted with key `2026-11`, which this worker does not have"
        )
        #expect(failure { _ = try JobPayload().decode(old, of: task) }?.type == "PayloadKeyMissing")
    }

    @Test("results and steps are sealed for one task, one use and one name; what was never sealed is read as it is")
    func sealing() throws {
        let payload = JobPayload(encryption: try ring("a"))
        let value = Array(#"{"secret": 1}"#.utf8)
        for use in [SealedUse.result, .step("one")] {
            let sealed = try #require(payload.seal(value, use, of: "t"))
            #expect(!String(decoding: sealed, as: UTF8.self).contains("secret"))
            #expect(try payload.open(sealed, use, of: "t") == value)
            #expect(try payload.open(value, use, of: "t") == value)
            #expect(failure { _ = try payload.open(sealed, use, of: "u") }?.type == "PayloadUnreadable")
            #expect(failure { _ = try JobPayload().open(sealed, use, of: "t") }?.type == "PayloadKeyMissing")
        }
        let result = try JSONValue(parsing: try #require(payload.seal(value, .result, of: "t")))
        #expect(result["sealed"] == "AES-256-GCM" && result["key"] == "a")
        let step = try #require(payload.seal(value, .step("one"), of: "t"))
        #expect(failure { _ = try payload.open(step, .step("two"), of: "t") }?.type == "PayloadUnreadable")
        #expect(JobPayload().seal(value, .result, of: "t") == nil)
    }

    // MARK: Keys

    @Test("a ring is read from a text; the first key is current")
    func reading() throws {
        let (first, second) = (RandomBytes.generate(count: 32), RandomBytes.generate(count: 32))
        let ring = try PayloadKeyRing(
            reading: "# keys\n\n2026-11  \(Base64.encode(first))\n2026-10\t\(Base64.encode(second))\r\n"
        )
        #expect(ring.current == "2026-11")
        #expect(ring["2026-11"] == first && ring["2026-10"] == second)
    }

    @Test("a text that is no ring is refused without a word of its keys")
    func badTexts() {
        let good = Base64.encode(Self.key)
        let cases: [(String, PayloadKeyError)] = [
            ("", .noCurrentKey), ("# nothing", .noCurrentKey), ("a", .badKey("a")), ("a \(good) b", .badKey("a")),
            ("a \(good.dropLast(4))", .badKey("a")), ("a \(good)\na \(good)", .twice("a")), (good, .badName),
            ("a/b \(good)", .badName),
        ]
        for (text, error) in cases {
            #expect(throws: error) { try PayloadKeyRing(reading: text) }
            #expect(!"\(error)".contains(good.prefix(8)))
        }
        #expect(throws: PayloadKeyError.noCurrentKey) { try PayloadKeyRing(current: "b", keys: ["a": Self.key]) }
        #expect(throws: PayloadKeyError.unreadableFile("/nowhere")) { try PayloadKeyRing(contentsOf: "/nowhere") }
    }

    @Test("nothing that is printed of a ring or a payload holds a key")
    func printing() throws {
        let ring = try PayloadKeyRing(current: "a", keys: ["a": Self.key])
        var texts = ["\(ring)", String(reflecting: ring)]
        let payload = JobPayload(encryption: ring)
        dump(ring, to: &texts[0])
        dump(payload, to: &texts[1])
        for text in texts + ["\(payload)", String(reflecting: payload)] {
            #expect(!text.contains("7, 7") && !text.contains("- 7"))
        }
        #expect("\(ring)" == "keys a, current a")
    }
}
