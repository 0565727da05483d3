import Feishu
import JobQueue
import Logging
import Platform
import Redis
import TestSupport
import Testing

@testable import Gateway

@Suite("Events go into Redis before they are acknowledged", .timeLimit(.minutes(1)))
struct QueueEventSinkTests {
    // A gateway on a Redis of its own, which may take `timeout` to store and to be ready.
    private func withRedis(
        timeout: Duration = .seconds(20),
        durability: Durability = .async,
        _ body: (GatewayUnderTest, RedisServer, RedisClient) async throws -> Void
    ) async throws {
        try await RedisServer.with { server in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: logger)
            defer { redis.close() }
            let producer = JobProducer(redis: redis, durability: durability)
            let ping = ReadinessCheck(name: "redis", deadline: timeout) {
                _ = try await redis.send(RedisCommand("PING"), timeout: timeout)
            }
            try await withGateway(
                storingIn: { QueueEventSink(producer: producer, timeout: timeout, group: $0) },
                checks: [ping]
            ) { gateway in
                try await body(gateway, server, redis)
            }
        }
    }

    private func message(_ id: String, eventID: String) -> String {
        let header = #""event_id":"\#(eventID)","event_type":"im.message.receive_v1","token":"token""#
        return delivery(#"{"schema":"2.0","header":{\#(header)},"event":{"message":{"message_id":"\#(id)"}}}"#)
    }

    @Test("an event delivered fifty times at once is in the queue once, readable, as a Celery task")
    func once() async throws {
        try await withRedis { gateway, _, redis in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await gateway.request(event("e1")).status }
                }
                for try await status in group {
                    #expect(status == 200)
                }
            }
            #expect(try await redis.send(RedisCommand("LLEN", "interactive")).integer == 1)
            let stored = try await redis.send(RedisCommand("LINDEX", "interactive", "-1"))
            let text = try #require(stored.string)
            #expect(text.contains(#""task":"feishu.event""#))
            #expect(text.contains(#"\"app_id\":\"cli_first\""#))
            #expect(text.contains(#"\"event_id\":\"e1\""#))
        }
    }

    @Test("where a replica must have the event and none does, the answer is 503 within a second, and a repeat succeeds")
    func replicated() async throws {
        try await withRedis(timeout: .milliseconds(800), durability: .replicated) { gateway, server, redis in
            #expect(try await gateway.request(event("e1")).status == 503)
            // Connections are there by now.
            let (response, took) = try await unhurried { try await gateway.request(event("e1")) }
            #expect(response.status == 503)
            #expect(took < .seconds(1))
            try await RedisServer.with(arguments: ["--replicaof", "127.0.0.1", "\(server.port)"]) { _ in
                // Feishu delivers again.
                try await eventually("an acknowledgement") { try await gateway.request(event("e1")).status == 200 }
            }
            #expect(try await redis.send(RedisCommand("LLEN", "interactive")).integer == 1)
        }
    }

    @Test("a full queue is 503, and remembers nothing of the event: once there is room it is taken in")
    func full() async throws {
        try await withRedis { gateway, _, redis in
            let limits = QueueLimits(redis: redis)
            try await limits.setBound(QueueBound(length: 1), of: "interactive")
            try await gateway.expect(200, for: event("e1"))
            try await gateway.expect(503, for: event("e2"))
            // One that is there already is none more.
            try await gateway.expect(200, for: event("e1"))
            try await limits.setBound(nil, of: "interactive")
            try await gateway.expect(200, for: event("e2"))
            #expect(try await redis.send(RedisCommand("LLEN", "interactive")).integer == 2)
        }
    }

    @Test("a message under two event ids is stored once, two events about one message are two")
    func messages() async throws {
        try await withRedis { gateway, _, redis in
            try await gateway.expect(200, for: message("m1", eventID: "e1"))
            try await gateway.expect(200, for: message("m1", eventID: "e2"))
            #expect(try await redis.send(RedisCommand("LLEN", "interactive")).integer == 1)
        }
        let header = #"{"event_id":"e1","event_type":"im.message.recalled_v1","token":"token"}"#
        let recalled = Array(#"{"schema":"2.0","header":\#(header),"event":{"message_id":"m"}}"#.utf8)
        let verdict = EventReceiver(app: .first).receive(body: recalled.span, headers: EventHeaders(), now: 0)
        guard case .event(let first) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(QueueEventSink.keys(of: first) == ["e1"])
    }

    @Test("a conversation's events carry its ordering key")
    func order() async throws {
        try await withRedis { gateway, _, redis in
            let header = #""event_id":"e1","event_type":"im.message.receive_v1","token":"token""#
            let message = #"{"message_id":"m1","chat_id":"oc_1"}"#
            let body = #"{"schema":"2.0","header":{\#(header)},"event":{"message":\#(message)}}"#
            try await gateway.expect(200, for: delivery(body))
            let stored = try await redis.send(RedisCommand("LINDEX", "interactive", "-1"))
            #expect(try #require(stored.string).contains(#""ordering_key":"cli_first:oc_1""#))
        }
    }

    @Test(
        "a frozen Redis is 503 within a second and not ready, the process is healthy, and work goes on when it is back"
    )
    func frozen() async throws {
        try await withRedis(timeout: .milliseconds(300)) { gateway, server, redis in
            while try await gateway.request(event("e1")).status == 503 {}
            let health = "GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n"
            let ready = "GET /readyz HTTP/1.1\r\nHost: g\r\n\r\n"

            server.pause()
            let (response, took) = try await unhurried { try await gateway.request(event("e2")) }
            #expect(response.status == 503)
            #expect(took < .seconds(1))
            try await gateway.expect(503, for: ready)
            try await gateway.expect(200, for: health)

            server.resume()
            while try await gateway.request(event("e2")).status == 503 {}
            while try await gateway.request(ready).status == 503 {}
            #expect(try await redis.send(RedisCommand("LLEN", "interactive")).integer == 2)
        }
    }

    @Test("a Redis that is gone is 503 within a second, and work goes on when it is back")
    func gone() async throws {
        try await withRedis(timeout: .milliseconds(300)) { gateway, server, _ in
            while try await gateway.request(event("e1")).status == 503 {}
            server.kill()
            let (response, took) = try await unhurried { try await gateway.request(event("e2")) }
            #expect(response.status == 503)
            #expect(took < .seconds(1))
            try await server.restart()
            while try await gateway.request(event("e2")).status == 503 {}
        }
    }
}
