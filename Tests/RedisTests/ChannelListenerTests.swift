import NIOConcurrencyHelpers
import Testing
import TestSupport

@testable import Redis

/// What listeners were told, as words.
final class Heard: Sendable {
    private let words = NIOLockedValueBox<[String]>([])
    var all: [String] { words.withLockedValue { $0 } }
    func count(_ word: String) -> Int { all.count { $0 == word } }

    func take(_ news: ChannelNews, as name: String = "") {
        let word =
            switch news {
            case .listening: "listening"
            case .message(let bytes): String(decoding: bytes, as: UTF8.self)
            case .lost: "lost"
            case .ended(let error): "ended \(error.code)"
            }
        words.withLockedValue { $0.append(name + word) }
    }
}

@Suite("Who listens to what on one connection")
struct ChannelBookTests {
    private let heard = Heard()

    /// What is to be asked for, and what not any more.
    private func changes(_ book: inout ChannelBook) -> [[String]] {
        let (subscribe, unsubscribe) = book.takeChanges()
        return [subscribe, unsubscribe]
    }

    private func listener(_ name: String = "") -> ChannelBook.Listener {
        { [heard] in heard.take($0, as: name) }
    }

    @Test("the server is asked once for a channel, and told to be silent when the last listener has gone")
    func once() {
        var book = ChannelBook(limit: 10)
        book.add(listener(), id: 1, to: "a")?.deliver()
        _ = book.add(listener(), id: 2, to: "a")
        #expect(changes(&book) == [["a"], []])
        #expect(changes(&book) == [[], []])
        for notice in book.confirm("a") { notice.deliver() }
        book.add(listener("late "), id: 3, to: "a")?.deliver()
        #expect(heard.all == ["listening", "listening", "late listening"])
        book.remove(id: 1, from: "a")
        book.remove(id: 3, from: "a")
        #expect(changes(&book) == [[], []])
        book.remove(id: 2, from: "a")
        #expect(changes(&book) == [[], ["a"]])
        #expect(book.count == 0)
    }

    @Test("who comes and goes within a moment costs the server nothing")
    func brief() {
        var book = ChannelBook(limit: 10)
        _ = book.add(listener(), id: 1, to: "a")
        book.remove(id: 1, from: "a")
        #expect(changes(&book) == [[], []])
        #expect(book.count == 0)
    }

    @Test("who comes as the last one leaves waits for a confirmation of its own")
    func again() {
        var book = ChannelBook(limit: 10)
        _ = book.add(listener(), id: 1, to: "a")
        _ = changes(&book)
        book.remove(id: 1, from: "a")
        #expect(changes(&book) == [[], ["a"]])
        book.add(listener(), id: 2, to: "a")?.deliver()
        #expect(changes(&book) == [["a"], []])
        #expect(book.confirm("a").isEmpty, "the confirmation of the first")
        #expect(book.confirm("a").count == 1)
    }

    @Test("after a lost connection all is asked for again, and confirmed again")
    func lost() {
        var book = ChannelBook(limit: 10)
        _ = book.add(listener(), id: 1, to: "a")
        _ = changes(&book)
        for notice in book.confirm("a") { notice.deliver() }
        for notice in book.lose(RedisError(.connectionLost, command: "SUBSCRIBE")) { notice.deliver() }
        #expect(changes(&book) == [["a"], []])
        for notice in book.confirm("a") { notice.deliver() }
        for notice in book.message(Array("news".utf8), on: "a") { notice.deliver() }
        #expect(heard.all == ["listening", "lost", "listening", "news"])
    }

    @Test("a refusal ends those that wait for a confirmation, and nobody else; one too many is told so")
    func refused() {
        var book = ChannelBook(limit: 2)
        _ = book.add(listener("a "), id: 1, to: "a")
        _ = changes(&book)
        _ = book.confirm("a")
        #expect(book.refuse(RedisError(server: "NOPERM no", command: "PING"))?.count == nil)
        _ = book.add(listener("b "), id: 2, to: "b")
        book.add(listener("c "), id: 3, to: "c")?.deliver()
        _ = changes(&book)
        for notice in book.refuse(RedisError(server: "NOPERM no", command: "SUBSCRIBE")) ?? [] { notice.deliver() }
        #expect(heard.all == ["c ended overloaded", "b ended server"])
        #expect(book.count == 1)
    }
}

@Suite("Listening to channels that come and go", .timeLimit(.minutes(1)))
struct ChannelListenerTests {
    private func clients(_ client: RedisClient) async throws -> Int {
        let info = try await client.send(RedisCommand("INFO", "clients")).string ?? ""
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("connected_clients:") }
        return line.flatMap { Int($0.dropFirst("connected_clients:".count)) } ?? -1
    }

    private func channels(_ client: RedisClient) async throws -> Int {
        try await client.send(RedisCommand("PUBSUB", "CHANNELS")).array?.count ?? -1
    }

    @Test("thousands listen on one connection, each to its own, and nothing is left when they have gone")
    func thousands() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            defer { client.close() }
            let heard = Heard()
            let listenings = (0..<3_000).map { number in
                client.channels.listen(to: "channel-\(number)") { heard.take($0, as: "\(number) ") }
            }
            try await eventually("all are confirmed") { heard.all.count == 3_000 }
            #expect(try await clients(client) == 2)
            for number in [0, 1_234, 2_999] {
                #expect(try await client.send(RedisCommand("PUBLISH", "channel-\(number)", "x")) == .integer(1))
            }
            try await eventually("three messages") { heard.all.count == 3_003 }
            #expect(Set(heard.all.suffix(3)) == ["0 x", "1234 x", "2999 x"])
            for listening in listenings { listening.cancel() }
            try await eventually("nobody listens") { try await channels(client) == 0 }
        }
    }

    @Test("two listeners of a channel share it, and it lasts as long as one of them")
    func shared() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            defer { client.close() }
            let heard = Heard()
            let first = client.channels.listen(to: "c") { heard.take($0, as: "first ") }
            let second = client.channels.listen(to: "c") { heard.take($0, as: "second ") }
            try await eventually("both are confirmed") { heard.all.count == 2 }
            first.cancel()
            let third = client.channels.listen(to: "c") { heard.take($0, as: "third ") }
            try await eventually("the third is told at once") { heard.all.contains("third listening") }
            #expect(try await client.send(RedisCommand("PUBLISH", "c", "x")) == .integer(1))
            try await eventually("messages") { heard.all.contains("second x") && heard.all.contains("third x") }
            #expect(!heard.all.contains("first x"))
            second.cancel()
            third.cancel()
            try await eventually("nobody listens") { try await channels(client) == 0 }
        }
    }

    @Test("after the server was away everybody is told, and hears again")
    func renewed() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            defer { client.close() }
            let heard = Heard()
            let listenings = (0..<600).map { number in client.channels.listen(to: "c\(number)") { heard.take($0) } }
            defer { for listening in listenings { listening.cancel() } }
            try await eventually("all are confirmed") { heard.count("listening") == 600 }
            try await server.restart()
            try await eventually("all are confirmed again") { heard.count("listening") == 1_200 }
            #expect(heard.count("lost") >= 600)
            #expect(try await client.send(RedisCommand("PUBLISH", "c7", "x"), timeout: .seconds(30)) == .integer(1))
            try await eventually("a message") { heard.count("x") == 1 }
        }
    }

    @Test("a silent server is noticed")
    func silent() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server) {
                $0.stallTimeout = .milliseconds(300)
                $0.connectTimeout = .seconds(1)
            }
            defer { client.close() }
            let heard = Heard()
            let listening = client.channels.listen(to: "c") { heard.take($0) }
            defer { listening.cancel() }
            try await eventually("it is confirmed") { heard.all == ["listening"] }
            server.pause()
            try await eventually("the loss is noticed") { heard.count("lost") > 0 }
            server.resume()
            try await eventually("it is confirmed again") { heard.all.last == "listening" }
        }
    }

    @Test("an account without the right to a channel is told so, and a closed client ends all")
    func ended() async throws {
        try await RedisServer.with(
            arguments: ["--user", "default", "on", "nopass", "~*", "resetchannels", "&open-*", "+@all"]
        ) { server in
            let client = try makeClient(server)
            let heard = Heard()
            let open = client.channels.listen(to: "open-1") { heard.take($0, as: "open ") }
            defer { open.cancel() }
            try await eventually("one may listen") { heard.all == ["open listening"] }
            let refused = client.channels.listen(to: "closed") { heard.take($0, as: "closed ") }
            defer { refused.cancel() }
            try await eventually("the other may not") { heard.all.contains("closed ended server") }
            client.close()
            try await eventually("the end") { heard.all.contains("open ended closed") }
            let late = client.channels.listen(to: "open-1") { heard.take($0, as: "late ") }
            defer { late.cancel() }
            try await eventually("nobody begins after it") { heard.all.last == "late ended closed" }
        }
    }
}
