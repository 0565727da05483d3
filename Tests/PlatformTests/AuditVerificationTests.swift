import JSON
import Redis
import TestSupport
import Testing

@testable import Platform

@Suite("Audit verification")
struct AuditVerificationTests {
    /// Ten records, which somebody then meddles with.
    private func tampered(
        with meddle: (AuditFixture, [[UInt8]]) async throws -> Void
    ) async throws -> AuditReport {
        var report: AuditReport?
        try await AuditFixture.with { fixture in
            try await fixture.fill(10)
            #expect(try await fixture.verify().breach == nil)
            try await meddle(fixture, try await fixture.lines())
            report = try await fixture.verify()
        }
        return try #require(report)
    }

    /// The same act by another, sealed behind `link` as the product would.
    private func forged(after link: AuditLink) -> AuditRecord {
        AuditRecord(.sample("queue-x", actor: "mallory"), at: AuditTime(milliseconds: 1_764_000_000_000), after: link)
    }

    @Test("a log as it was written is whole, an empty one, too")
    func whole() async throws {
        try await AuditFixture.with { fixture in
            #expect(try await fixture.verify().breach == nil)
            #expect(try await fixture.verify().count == 0)
            try await fixture.fill(503)
            let report = try await fixture.verify()
            #expect(report.breach == nil)
            #expect(report.count == 503)
            #expect(report.first == 1)
            #expect(try await fixture.stream.head() == report.last)
        }
    }

    @Test("one byte of a record was changed", arguments: [1, 5, 10])
    func changedByte(seq: Int) async throws {
        let report = try await tampered { fixture, lines in
            var lines = lines
            let text = String(decoding: lines[seq - 1], as: UTF8.self)
            lines[seq - 1] = Array(text.replacing("alice", with: "alicf").utf8)
            try await fixture.rebuild(lines: lines)
        }
        #expect(report.breach?.kind == .altered)
        #expect(report.breach?.seq == Int64(seq))
        #expect(report.count == seq - 1)
    }

    @Test("a record was put in the place of another, whole in itself", arguments: [1, 5, 9])
    func replaced(seq: Int) async throws {
        let report = try await tampered { fixture, lines in
            var lines = lines
            let link = seq == 1 ? AuditLink.origin : try AuditRecord(line: lines[seq - 2]).link
            lines[seq - 1] = forged(after: link).line
            try await fixture.rebuild(lines: lines)
        }
        #expect(report.breach?.kind == .unchained)
        #expect(report.breach?.seq == Int64(seq + 1))
    }

    @Test("the last record was replaced, which the head tells")
    func replacedLast() async throws {
        let report = try await tampered { fixture, lines in
            var lines = lines
            lines[9] = forged(after: try AuditRecord(line: lines[8]).link).line
            try await fixture.rebuild(lines: lines)
        }
        #expect(report.breach?.kind == .head)
        #expect(report.breach?.seq == 10)
    }

    @Test("a record was removed", arguments: [1, 2, 5, 9, 10])
    func removed(seq: Int) async throws {
        let report = try await tampered { fixture, _ in
            _ = try await fixture.redis.send(RedisCommand("XDEL", fixture.stream.logKey, "\(seq)-0"))
        }
        #expect(report.breach?.kind == .missing)
        #expect(report.breach?.seq == Int64(seq))
    }

    @Test("all that is left is the head")
    func removedAll() async throws {
        let report = try await tampered { fixture, _ in
            _ = try await fixture.redis.send(RedisCommand("DEL", fixture.stream.logKey))
        }
        #expect(report.breach == .missing(1, through: 10, ", from the end of the log"))
    }

    @Test("two records were swapped, with their numbers or without")
    func swapped() async throws {
        for keepsNumbers in [true, false] {
            let report = try await tampered { fixture, lines in
                var entries = lines.enumerated().map { (id: "\($0 + 1)-0", seq: "\($0 + 1)", record: $1) }
                (entries[4].record, entries[5].record) = (entries[5].record, entries[4].record)
                if !keepsNumbers { (entries[4].seq, entries[5].seq) = ("6", "5") }
                try await fixture.rebuild(entries)
            }
            #expect(report.breach?.kind == .reordered)
            #expect(report.breach?.seq == 5)
        }
    }

    @Test("a record was put between, with a right chain up to it and all behind it renumbered")
    func inserted() async throws {
        let report = try await tampered { fixture, lines in
            var lines = lines
            lines.insert(forged(after: try AuditRecord(line: lines[3]).link).line, at: 4)
            try await fixture.rebuild(lines: lines)
        }
        #expect(report.breach?.kind == .reordered)
        #expect(report.breach?.seq == 5)
        #expect(report.count == 5)
    }

    @Test("something was added at the end, past the head")
    func added() async throws {
        let report = try await tampered { fixture, lines in
            let record = forged(after: try AuditRecord(line: lines[9]).link)
            let command = RedisCommand("XADD", fixture.stream.logKey, "11-0", "seq", "11", "record", record.line)
            _ = try await fixture.redis.send(command)
            // Nothing is built upon it either.
            await #expect(throws: AuditError.self) { try await fixture.log.append(.sample("q")) }
        }
        #expect(report.breach?.kind == .head)
        #expect(report.breach?.seq == 11)
    }

    @Test("the head was lost or changed: verification tells, and nothing is appended")
    func head() async throws {
        for isLost in [true, false] {
            let report = try await tampered { fixture, _ in
                let key = fixture.stream.headKey
                let zeros = AuditLink.origin.hash
                let command = isLost ? RedisCommand("DEL", key) : RedisCommand("HSET", key, "hash", zeros)
                _ = try await fixture.redis.send(command)
                guard isLost else { return }
                do {
                    try await fixture.log.append(.sample("q"))
                    Issue.record("appended without a head")
                } catch let error as AuditError {
                    #expect(error.code == .broken)
                }
            }
            #expect(report.breach?.kind == .head)
        }
    }

    @Test("entries that are no records, or under another id", arguments: ["garbage", "fields", "id"])
    func foreign(kind: String) async throws {
        let report = try await tampered { fixture, lines in
            let key = fixture.stream.logKey
            var entries = lines.enumerated().map { (id: "\($0 + 1)-0", seq: "\($0 + 1)", record: $1) }
            switch kind {
            case "garbage":
                entries[9].record = Array("{}".utf8)
                try await fixture.rebuild(entries)
            case "fields": _ = try await fixture.redis.send(RedisCommand("XADD", key, "10-1", "x", "y"))
            default:
                entries[9].id = "10-7"
                try await fixture.rebuild(entries)
            }
        }
        #expect(report.breach?.kind == (kind == "id" ? .reordered : .unreadable))
        #expect(report.breach?.seq == (kind == "fields" ? 11 : 10))
    }

    @Test("others may append and remove while it reads")
    func meanwhile() async throws {
        try await AuditFixture.with { fixture in
            try await fixture.fill(510)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for number in 0..<50 { try await fixture.log.append(.sample("more-\(number)")) } }
                group.addTask {
                    let retention = AuditRetention(redis: fixture.redis, log: fixture.log)
                    _ = try await retention.prune(olderThan: 1, by: .upkeep)
                }
                for _ in 0..<5 { #expect(try await fixture.verify().breach == nil) }
                try await group.waitForAll()
            }
            #expect(try await fixture.verify().breach == nil)
        }
    }
}
