import Cryptography
import JSON
import Testing

@testable import Platform

@Suite("Audit records")
struct AuditRecordTests {
    private func record(_ entry: AuditEntry) -> AuditRecord {
        AuditRecord(entry, at: AuditTime(milliseconds: 1_764_200_000_007), after: .origin)
    }

    @Test("a record is one line with its members in order, and its hash is that of the rest")
    func form() {
        let record = record(
            AuditEntry(actor: "alice", action: "token.issue", outcome: .refused, detail: "no\nsecond step")
        )
        let rest =
            #"{"seq":1,"at":"2025-11-26T23:33:20.007Z","actor":"alice","action":"token.issue","outcome":"refused","#
            + #""detail":"no\nsecond step","previous":""# + String(repeating: "0", count: 64) + "\""
        let hash = Hex.encode(SHA256.hash(Array("\(rest)}".utf8)))
        #expect(String(decoding: record.line, as: UTF8.self) == "\(rest),\"hash\":\"\(hash)\"}")
    }

    @Test("what is written is read again, whatever the values are")
    func roundTrip() throws {
        var entry = AuditEntry.sample("a \"quoted\" 目标\u{0}\u{1F600}")
        entry.before = .null
        entry.after = [
            "big": .number("123456789012345678901234567890"), "huge": .double(1e300), "none": .double(.nan),
            "odd": .number("-"), "empty": .number(""), "list": [1, -0.0, "x"], "deep": ["a": ["b": true]],
        ]
        let written = record(entry)
        #expect(try AuditRecord(line: written.line) == written)
        #expect(try AuditRecord(line: record(.sample("x")).line).entry == AuditEntry.sample("x"))
    }

    @Test("no byte can be changed, left out or put in")
    func everyByte() {
        let line = record(.sample("q")).line
        for index in line.indices {
            for replacement: [UInt8] in [[line[index] ^ 1], [], [line[index], UInt8(ascii: " ")]] {
                var changed = line
                changed.replaceSubrange(index...index, with: replacement)
                #expect(throws: AuditRecord.Flaw.self) { try AuditRecord(line: changed) }
            }
        }
    }

    @Test("a record with a member of its own, or one twice, is none of ours though its hash were right")
    func foreignMembers() {
        let text = String(decoding: record(.sample("q")).line.dropLast(75), as: UTF8.self)
        for extra in [#","actor":"bob""#, #","note":"x""#] {
            let hash = Hex.encode(SHA256.hash(Array("\(text)\(extra)}".utf8)))
            #expect(throws: AuditRecord.Flaw.altered(1)) {
                try AuditRecord(line: Array("\(text)\(extra),\"hash\":\"\(hash)\"}".utf8))
            }
        }
    }

    @Test(
        "values under keys that look like secrets are hidden, at any depth, and what is none is not",
        arguments: [
            "password", "app_secret", "Authorization", "apiKey", "refresh-token", "KEY", "totp", "cookie",
        ]
    )
    func hides(key: String) {
        var entry = AuditEntry.sample("q")
        entry.after = ["list": [["keyword": "shown"]], "there": ["a": .object([key: "MARKED"])]]
        entry.before = .object([key: ["inner": "MARKED"]])
        let text = String(decoding: record(entry).line, as: UTF8.self)
        #expect(!text.contains("MARKED"))
        #expect(text.contains("***"))
        #expect(text.contains("shown"))
        entry.after = .object([key: true])
        #expect(record(entry).entry.after == .object([key: true]))
    }

    @Test("texts and records are bounded, be they as hostile as they can")
    func bounds() throws {
        let worst = String(repeating: "\u{1}", count: 100_000)
        var entry = AuditEntry(
            actor: worst,
            role: worst,
            address: worst,
            action: worst,
            target: worst,
            outcome: .failed,
            requestID: worst,
            detail: worst,
            before: .array(Array(repeating: .string(worst), count: 2)),
            after: .object([worst: .string(worst)])
        )
        let largest = record(entry)
        #expect(largest.line.count <= AuditRecord.maximumBytes)
        #expect(try AuditRecord(line: largest.line) == largest)
        entry.before = .array(Array(repeating: "x", count: 20_000))
        #expect(record(entry).entry.before?["omitted_bytes"]?.integer == 80_001)
        entry.before = .string(String(repeating: "汉", count: 1_000))
        let cut = try #require(record(entry).entry.before?.string)
        #expect(cut.utf8.count <= 2_000 && cut.hasPrefix("汉") && cut.hasSuffix("…"))
        var deep = JSONValue.string("x")
        for _ in 0..<1_000 { deep = [deep] }
        entry.after = deep
        #expect(try AuditRecord(line: record(entry).line) == record(entry))
    }
}
