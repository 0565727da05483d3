import Redis
import Testing
import TestSupport

@Suite struct SubscriptionTests {
    @Test("messages of channels and patterns arrive")
    func messages() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            defer { client.close() }
            let subscription = try await client.subscribe(channels: ["one", "two"], patterns: ["news.*"])
            var messages = subscription.makeAsyncIterator()
            for (channel, text) in [("one", "a"), ("news.cn", "b"), ("two", "c")] {
                #expect(try await client.send(RedisCommand("PUBLISH", channel, text)) == .integer(1))
            }
            #expect(await messages.next() == RedisMessage(channel: "one", pattern: nil, payload: Array("a".utf8)))
            let matched = RedisMessage(channel: "news.cn", pattern: "news.*", payload: Array("b".utf8))
            #expect(await messages.next() == matched)
            #expect(await messages.next() == RedisMessage(channel: "two", pattern: nil, payload: Array("c".utf8)))
        }
    }

    @Test("a subscription is renewed after the server was away")
    func renewed() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            defer { client.close() }
            let subscription = try await client.subscribe(channels: ["c"])
            try await server.restart()
            try await eventually("the subscription is renewed") {
                try await client.send(RedisCommand("PUBLISH", "c", "again"), timeout: .seconds(30)) == .integer(1)
            }
            var messages = subscription.makeAsyncIterator()
            #expect(await messages.next()?.payload == Array("again".utf8))
            try await eventually("the renewal is counted") { subscription.reconnections == 1 }
        }
    }

    @Test("a silent server is noticed, and the subscription goes on when it is back")
    func silent() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server) {
                $0.stallTimeout = .milliseconds(400)
                $0.connectTimeout = .seconds(1)
            }
            defer { client.close() }
            let subscription = try await client.subscribe(channels: ["c"])
            let before = try await client.send(RedisCommand("INFO", "stats")).string
            #expect(before?.contains("total_connections_received:2\r\n") == true)
            server.pause()
            try await eventually("commands time out") {
                (try? await client.send(RedisCommand("PING"), timeout: .seconds(2))) == nil
            }
            server.resume()
            try await eventually("the subscription is renewed") { subscription.reconnections >= 1 }
        }
    }

    @Test("a slow reader loses the oldest messages, and the loss is counted")
    func bounded() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server) { $0.subscriptionBuffer = 3 }
            defer { client.close() }
            let subscription = try await client.subscribe(channels: ["c"])
            for number in 0..<10 { _ = try await client.send(RedisCommand("PUBLISH", "c", number)) }
            try await eventually("seven are dropped") { subscription.dropped == 7 }
            var messages = subscription.makeAsyncIterator()
            #expect(await messages.next()?.payload == Array("7".utf8))
        }
    }

    @Test("letting go of a subscription unsubscribes and frees its place")
    func released() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server) { $0.maximumConnections = 2 }
            defer { client.close() }
            do {
                let subscription = try await client.subscribe(channels: ["c"])
                let reader = Task { for await _ in subscription {} }
                reader.cancel()
                await reader.value
            }
            try await eventually("nobody listens") {
                try await client.send(RedisCommand("PUBLISH", "c", "x")) == .integer(0)
            }
            _ = try await client.subscribe(channels: ["c"])
        }
    }

    @Test("an account without the right to a channel is told so")
    func refused() async throws {
        try await RedisServer.with(
            arguments: ["--user", "default", "on", "nopass", "~*", "resetchannels", "+@all"]
        ) { server in
            let client = try makeClient(server)
            defer { client.close() }
            let error = await #expect(throws: RedisError.self) { try await client.subscribe(channels: ["c"]) }
            #expect(error?.prefix == "NOPERM")
        }
    }

    @Test("closing the client ends its subscriptions")
    func closed() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            let subscription = try await client.subscribe(channels: ["c"])
            client.close()
            for await _ in subscription {}
        }
    }
}
