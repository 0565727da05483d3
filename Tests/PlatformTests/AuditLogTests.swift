import JSON
import Redis
import TestSupport
import Testing

@testable import Platform

@Suite("Audit log in Redis")
struct AuditLogTests {
    @Test("32 writers of 4 processes with 50 records each make one chain, and one file")
    func manyWriters() async throws {
        let directory = try ScratchDirectory()
        let path = directory.path("audit.jsonl")
        try await AuditFixture.with { fixture in
            let clients = try (0..<4).map { _ in try AuditFixture.client(of: fixture.server) }
            defer { for client in clients { client.close() } }
            let trails = clients.map { AuditTrail(redis: $0, file: path, logger: AuditFixture.silent) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<32 {
                    group.addTask {
                        for number in 0..<50 { try await trails[writer % 4].append(.sample("\(writer)-\(number)")) }
                    }
                }
                try await group.waitForAll()
            }
            let report = try await fixture.verify()
            #expect(report.breach == nil)
            #expect(report.count == 1_600)
            let targets = try await fixture.lines().map { try AuditRecord(line: $0).entry.target }
            #expect(Set(targets).count == 1_600)
            for writer in 0..<32 {
                let own = targets.compactMap { $0 }.filter { $0.hasPrefix("\(writer)-") }
                #expect(own == (0..<50).map { "\(writer)-\($0)" })
            }
            let file = try AuditVerification.verify(files: [path])
            #expect(file == report)
            #expect(try await AuditVerification(redis: fixture.redis).compare(files: [path]) == nil)
        }
    }

    @Test("a record whose reply was lost is not appended twice")
    func lostReply() async throws {
        try await AuditFixture.with { fixture in
            try await fixture.fill(1)
            let first = try #require(await fixture.stream.head())
            let record = AuditRecord(.sample("once"), at: .now(), after: first)
            _ = try await fixture.stream.append(record, again: false)
            try await fixture.log.append(.sample("another"))
            guard case .done = try await fixture.stream.append(record, again: true) else {
                Issue.record("it is there")
                return
            }
            guard case .head(let head) = try await fixture.stream.append(record, again: false) else {
                Issue.record("another is the last")
                return
            }
            #expect(head.seq == 3)
            #expect(try await fixture.verify().count == 3)
        }
    }

    @Test("an act is written down though the task that did it was cancelled")
    func cancelled() async throws {
        try await AuditFixture.with { fixture in
            try await fixture.fill(1)
            let log = fixture.log
            let writing = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await log.append(.sample("cut off"))
            }
            #expect(try await writing.value.seq == 2)
        }
    }

    @Test("without Redis it fails, and says what Redis said")
    func unavailable() async throws {
        try await AuditFixture.with { fixture in
            try await fixture.fill(1)
            _ = try await fixture.redis.send(RedisCommand("CONFIG", "SET", "maxmemory", "1"))
            do {
                try await fixture.log.append(.sample("q"))
                Issue.record("appended without memory")
            } catch let error as AuditError {
                #expect(error.code == .unavailable)
                #expect(error.cause?.prefix == "OOM")
            }
        }
    }

    @Test("the log in memory has a chain, too")
    func memory() async throws {
        let log = MemoryAuditLog()
        try await log.append(.sample("a"))
        try await log.append(.sample("b"))
        var chain = AuditChainCheck(after: .origin)
        for record in log.records { #expect(chain.take(record.line) == nil) }
        #expect(chain.count == 2)
    }
}

@Suite("Audit reader")
struct AuditReaderTests {
    @Test("pages lead from the newest to the oldest record, each once")
    func pages() async throws {
        try await AuditFixture.with { fixture in
            try await fixture.fill(250)
            let reader = AuditReader(redis: fixture.redis)
            var seen: [Int64] = []
            var before: Int64?
            repeat {
                let page = try await reader.page(before: before, limit: 60)
                seen += page.records.map(\.seq)
                before = page.next
            } while before != nil
            #expect(seen == (1...250).reversed())
            let between = try await reader.page(before: 200, after: 190, limit: 60)
            #expect(between.records.map(\.seq) == (191...199).reversed())
            #expect(between.next == nil)
            let behind = try await reader.records(after: 245)
            #expect(behind.records.map(\.seq) == Array(246...250))
            #expect(behind.next == 250)
            #expect(try await reader.records(after: 250).next == nil)
            #expect(try await reader.lastNumber() == 250)
        }
    }

    @Test("filters by actor, action, outcome and time")
    func filters() async throws {
        try await AuditFixture.with { fixture in
            let log = RedisAuditLog(redis: fixture.redis, now: { AuditTime(milliseconds: 1_000_000) })
            try await log.append(.sample("old", actor: "bob", action: "plugins.install"))
            try await fixture.log.append(.sample("new", actor: "bob", action: "plugins.enable"))
            var refused = AuditEntry.sample("third", action: "pluginsx")
            refused.outcome = .refused
            try await fixture.log.append(refused)
            let reader = AuditReader(redis: fixture.redis)
            func found(_ filter: AuditFilter) async throws -> [String?] {
                try await reader.page(limit: 10, filter: filter).records.map(\.entry.target)
            }
            #expect(try await found(AuditFilter(actor: "bob")) == ["new", "old"])
            #expect(try await found(AuditFilter(action: "plugins.")) == ["new", "old"])
            #expect(try await found(AuditFilter(action: "plugins.install")) == ["old"])
            #expect(try await found(AuditFilter(outcome: .refused)) == ["third"])
            let since = AuditTime.now().before(.seconds(3600))
            #expect(try await found(AuditFilter(since: since)) == ["third", "new"])
        }
    }

    @Test("what is no record is passed over and counted")
    func unreadable() async throws {
        try await AuditFixture.with { fixture in
            try await fixture.fill(3)
            _ = try await fixture.redis.send(RedisCommand("XADD", fixture.stream.logKey, "9-1", "x", "y"))
            let page = try await AuditReader(redis: fixture.redis).page(limit: 10)
            #expect(page.records.map(\.seq) == [3, 2, 1])
            #expect(page.unreadable == 1)
        }
    }
}
