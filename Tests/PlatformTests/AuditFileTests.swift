import Foundation
import JSON
import Redis
import TestSupport
import Testing

@testable import Platform

@Suite("Audit file")
struct AuditFileTests {
    private let directory: ScratchDirectory
    private var path: String { directory.path("audit.jsonl") }

    init() throws { directory = try ScratchDirectory() }

    private func records(_ count: Int, after link: AuditLink = .origin) -> [AuditRecord] {
        var records: [AuditRecord] = []
        for number in 0..<count {
            let record = AuditRecord(.sample("\(number)"), at: .now(), after: records.last?.link ?? link)
            records.append(record)
        }
        return records
    }

    private func write(_ lines: [[UInt8]]) throws {
        try Data(lines.joined(separator: [UInt8(ascii: "\n")])).write(to: URL(filePath: path))
    }

    private func breach(_ path: String) throws -> AuditBreach? { try AuditVerification.verify(files: [path]).breach }

    @Test("a copy may begin and end anywhere; changed, missing, swapped and added records are found")
    func tampering() throws {
        let lines = records(10).map(\.line)
        try write(lines)
        #expect(try AuditVerification.verify(files: [path]).count == 10)
        try write(Array(lines[3..<7]))
        let part = try AuditVerification.verify(files: [path])
        #expect(part.breach == nil)
        #expect(part.first == 4)
        #expect(part.last?.seq == 7)

        var changed = lines
        changed[4][60] ^= 1
        try write(changed)
        #expect([.altered, .unreadable].contains(try #require(try breach(path)).kind))
        try write(Array(lines[..<4]) + Array(lines[5...]))
        #expect(try breach(path) == .missing(5, through: 5))
        try write(Array(lines[..<8]) + [lines[9]])
        #expect(try breach(path) == .missing(9, through: 9))
        var swapped = lines
        swapped.swapAt(4, 5)
        try write(swapped)
        #expect(try breach(path)?.kind == .reordered)
        #expect(try breach(path)?.seq == 5)
        try write(lines + [lines[9]])
        #expect(try breach(path)?.kind == .reordered)
        var forged = lines
        forged[4] = records(1, after: try AuditRecord(line: lines[3]).link)[0].line
        try write(forged)
        #expect(try breach(path)?.kind == .unchained)
        #expect(try breach(path)?.seq == 6)
        try write(lines + [Array(lines[9].dropLast(5))])
        #expect(try breach(path)?.kind == .unreadable)
        try write([Array(repeating: 0x78, count: 10_000_000)])
        #expect(try breach(path)?.kind == .unreadable)
    }

    @Test("it is for its owner alone, and is not written through a link")
    func mode() throws {
        let file = AuditFile(path: path)
        #expect(try file.add(records(2), remembered: nil, isComplete: false) == .done)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let link = directory.path("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(throws: AuditError.self) {
            try AuditFile(path: link).add(records(1), remembered: nil, isComplete: false)
        }
    }

    @Test("what is there is not written twice, and what lies between is asked for first")
    func order() throws {
        let file = AuditFile(path: path)
        let all = records(6)
        #expect(try file.add([all[0], all[1]], remembered: nil, isComplete: false) == .done)
        #expect(try file.add([all[1]], remembered: nil, isComplete: false) == .done)
        #expect(try file.add([all[4]], remembered: nil, isComplete: false) == .behind(2))
        #expect(try file.add(Array(all[1...4]), remembered: nil, isComplete: true) == .done)
        #expect(try file.add([all[5]], remembered: nil, isComplete: false) == .done)
        #expect(try AuditVerification.verify(files: [path]).count == 6)
    }

    @Test("a line that a crash cut short is replaced by the whole one")
    func torn() throws {
        let all = records(3)
        try write([all[0].line, all[1].line, Array(all[2].line.prefix(100))])
        let file = AuditFile(path: path)
        #expect(try file.add([all[2]], remembered: nil, isComplete: false) == .done)
        let report = try AuditVerification.verify(files: [path])
        #expect(report.breach == nil)
        #expect(report.count == 3)
    }

    @Test("a file that was rotated away is followed by one that goes on where it ended")
    func rotated() async throws {
        let old = directory.path("audit.jsonl.1")
        try await AuditFixture.with { fixture in
            let trail = AuditTrail(redis: fixture.redis, file: path, logger: AuditFixture.silent)
            for target in ["a", "b"] { try await trail.append(.sample(target)) }
            try FileManager.default.moveItem(atPath: path, toPath: old)
            // Another machine's, which this file is to have, too.
            try await fixture.log.append(.sample("c"))
            try await trail.append(.sample("d"))
            let report = try AuditVerification.verify(files: [old, path])
            #expect(report.breach == nil)
            #expect(report.count == 4)
            #expect(try AuditVerification.verify(files: [path]).first == 3)
        }
    }

    @Test("a file that cannot be written costs no record, and is brought up once it can be")
    func unwritable() async throws {
        try await AuditFixture.with { fixture in
            let trail = AuditTrail(redis: fixture.redis, file: path, logger: AuditFixture.silent)
            try await trail.append(.sample("a"))
            let aside = directory.path("aside")
            try FileManager.default.moveItem(atPath: path, toPath: aside)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            try await trail.append(.sample("b"))
            #expect(try await fixture.verify().count == 2)
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: aside, toPath: path)
            try await trail.catchUp()
            #expect(try AuditVerification.verify(files: [path]).count == 2)
        }
    }

    @Test("a file is held against Redis: another history, a shorter one, one record forged with all that follow")
    func compare() async throws {
        try await AuditFixture.with { fixture in
            let trail = AuditTrail(redis: fixture.redis, file: path, logger: AuditFixture.silent)
            for number in 0..<10 { try await trail.append(.sample("\(number)")) }
            let verification = AuditVerification(redis: fixture.redis)
            #expect(try await verification.compare(files: [path]) == nil)

            // Who owns Redis writes a whole new chain, and the head with it: in itself it is whole.
            let lines = try await fixture.lines()
            let forged = records(6, after: try AuditRecord(line: lines[3]).link)
            try await fixture.rebuild(lines: lines[..<4] + forged.map(\.line))
            let key = fixture.stream.headKey
            _ = try await fixture.redis.send(RedisCommand("HSET", key, "hash", forged[5].hash))
            #expect(try await fixture.verify().breach == nil)
            #expect(try await verification.compare(files: [path])?.kind == .differs)
            #expect(try await verification.compare(files: [path])?.seq == 5)
            // What is recorded from now on goes into the file, which tells the break.
            try await trail.append(.sample("later"))
            #expect(try breach(path)?.kind == .unchained)
            #expect(try breach(path)?.seq == 11)

            try write(lines)
            try await fixture.rebuild(lines: Array(lines[..<4]))
            _ = try await fixture.redis.send(
                RedisCommand("HSET", key, "seq", "4", "hash", try AuditRecord(line: lines[3]).hash)
            )
            #expect(try await fixture.verify().breach == nil)
            #expect(try await verification.compare(files: [path])?.kind == .missing)
            #expect(try await verification.compare(files: [path])?.seq == 5)
            // Redis begins anew: the new record is not taken for one that is there.
            _ = try await fixture.redis.send(RedisCommand("FLUSHALL"))
            try await trail.append(.sample("anew"))
            #expect(try breach(path)?.seq == 1)
        }
    }
}
