import Feishu
import JSON
import JobQueue
import Knowledge
import LanguageModel
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import Assistant

@Suite("Files that a chat keeps", .timeLimit(.minutes(1)))
struct ShelfTests {
    private static let shelf = Shelf(appID: "cli_1", chatID: "oc_1")

    private static func with(
        _ bounds: ShelfBounds = ShelfBounds(),
        _ body: (AnswerFixture, RedisShelves) async throws -> Void
    ) async throws {
        try await AnswerFixture.with(model: ScriptedModel(answers: [.success("read")]), shelfBounds: bounds) {
            fixture in
            try await body(fixture, fixture.parts.shelves.store)
        }
    }

    @Test("a shelf takes as many files and bytes as it may; a file of the same name takes the place of the other")
    func bounds() async throws {
        try await Self.with(ShelfBounds(documents: 2, bytes: 20)) { _, store in
            #expect(try await store.keep("0123456789", named: "a", from: "om_1", on: Self.shelf) == .kept)
            #expect(try await store.keep("01234567890", named: "b", from: "om_2", on: Self.shelf) == .tooLarge)
            #expect(try await store.keep("0123456789", named: "b", from: "om_2", on: Self.shelf) == .kept)
            #expect(try await store.keep("", named: "c", from: "om_3", on: Self.shelf) == .tooMany)
            #expect(try await store.keep("new", named: "a", from: "om_4", on: Self.shelf) == .kept)
            let documents = try await store.documents(on: Self.shelf)
            #expect(documents.values.map(\.name).sorted() == ["a", "b"])
            #expect(
                try await store.texts(of: Array(documents.keys), on: Self.shelf).values.sorted() == [
                    "0123456789", "new",
                ]
            )
            #expect(try await store.documents(on: Shelf(appID: "cli_2", chatID: "oc_1")).isEmpty)
        }
    }

    @Test("a file is over when its time is, and makes room; Redis forgets all of it")
    func life() async throws {
        try await Self.with(ShelfBounds(documents: 1, life: .seconds(100))) { fixture, store in
            #expect(try await store.keep("one", named: "a", from: "om_1", on: Self.shelf) == .kept)
            for key in [Self.shelf.key, Self.shelf.key + ":texts"] {
                let left = try await fixture.redis.send(RedisCommand("TTL", key)).integer ?? -1
                #expect((90...100).contains(left))
            }
            fixture.time.withLockedValue { $0 += 100_000 }
            #expect(try await store.documents(on: Self.shelf).isEmpty)
            #expect(try await store.keep("two", named: "b", from: "om_2", on: Self.shelf) == .kept)
            #expect(try await fixture.redis.send(RedisCommand("HLEN", Self.shelf.key + ":texts")).integer == 1)
        }
    }

    @Test("a search follows what was kept and forgotten, also once memory holds no index any more")
    func search() async throws {
        try await Self.with { _, store in
            let shelves = Shelves(store, maximumBytes: 40)
            let other = Shelf(appID: "cli_1", chatID: "oc_2")
            _ = try await store.keep("Badges are replaced at desk nine.", named: "a.md", from: "om_1", on: Self.shelf)
            _ = try await store.keep("Bicycles stand behind the house.", named: "b.md", from: "om_2", on: other)
            for _ in 1...2 {
                let found = try await shelves.search("Where are badges replaced?", on: Self.shelf, limit: 5)
                #expect(found.map(\.document) == ["a.md"])
                // Takes the memory of the first.
                #expect(try await shelves.search("Where do bicycles stand?", on: other, limit: 5).count == 1)
            }
            #expect(try await shelves.search("Where are badges replaced?", on: other, limit: 5).isEmpty)
            _ = try await store.keep("Badges are replaced at desk ten.", named: "a.md", from: "om_3", on: Self.shelf)
            let found = try await shelves.search("Where are badges replaced?", on: Self.shelf, limit: 5)
            #expect(found.map(\.text) == ["Badges are replaced at desk ten."])
            try await store.remove(["a.md"], from: Self.shelf)
            #expect(try await shelves.search("Where are badges replaced?", on: Self.shelf, limit: 5).isEmpty)
        }
    }

    @Test("a file that cannot be read is told, and nothing is kept; a removed bot forgets all")
    func failures() async throws {
        try await Self.with { fixture, store in
            fixture.chat.attach([MessageAttachment(kind: .file, key: "file_1", name: "a.zip")], to: "om_1")
            fixture.chat.upload([0x50, 0x4B, 3, 4, 9], as: "file_1")
            try await fixture.write("/remember", id: "om_2", quoting: "om_1")
            try await eventually("it is told") {
                guard case .markdown(let text, _) = fixture.said(to: "om_2")?.reply else { return false }
                return text.contains("txt、md、csv")
            }
            fixture.chat.attach([MessageAttachment(kind: .file, key: "file_2", name: "b.txt")], to: "om_3")
            fixture.chat.upload(Array("words".utf8), as: "file_2")
            try await fixture.write("/remember", id: "om_4", quoting: "om_3")
            try await eventually("it is kept") {
                try await store.documents(on: Self.shelf).values.map(\.name) == ["b.txt"]
            }
            try await fixture.raise("im.chat.member.bot.deleted_v1", ["chat_id": "oc_1"])
            try await eventually("it is gone") { try await store.documents(on: Self.shelf).isEmpty }
            #expect(try await fixture.redis.send(RedisCommand("LLEN", "{background}:dead")).integer == 0)
        }
    }
}
