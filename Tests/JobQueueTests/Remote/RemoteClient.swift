import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// A client of remote control that does what Celery's does (kombu.pidbox).
struct RemoteClient: Sendable {
    let fixture: QueueFixture
    let identity = RandomUUID.text()
    var names: RemoteNames { RemoteNames(fixture.redis) }
    var queue: String { "\(identity).reply.celery.pidbox" }

    init(_ fixture: QueueFixture) { self.fixture = fixture }

    /// What Celery's own would publish.
    func envelope(
        _ method: String,
        _ arguments: JSONObject = [:],
        destination: JSONValue = .null,
        pattern: String? = nil,
        matcher: String? = nil,
        ticket: String? = "ticket",
        clock: JSONValue = 1
    ) -> [UInt8] {
        var body: JSONObject = [
            "method": .string(method), "arguments": .object(arguments), "destination": destination,
            "pattern": pattern.map { .string($0) } ?? .null, "matcher": matcher.map { .string($0) } ?? .null,
        ]
        if let ticket {
            body["ticket"] = .string(ticket)
            body["reply_to"] = [
                "exchange": .string(RemoteNames.replyExchange), "routing_key": .string(identity),
            ]
        }
        var text: [UInt8] = []
        Base64Body.append(JSONValue.object(body).bytes, to: &text)
        let envelope: JSONValue = [
            "body": .string(String(decoding: text, as: UTF8.self)), "content-encoding": "utf-8",
            "content-type": "application/json", "headers": ["clock": clock, "expires": 0],
            "properties": [
                "delivery_mode": 2, "delivery_info": ["exchange": "celery.pidbox", "routing_key": ""],
                "priority": 0, "body_encoding": "base64", "delivery_tag": .string(RandomUUID.text()),
            ],
        ]
        return envelope.bytes
    }

    func bind() async throws {
        let member = [identity, "", queue].joined(separator: RemoteNames.separator)
        _ = try await fixture.command("SADD", names.replyBindings, member)
    }

    @discardableResult
    func publish(_ envelope: [UInt8]) async throws -> Int {
        Int(try await fixture.command("PUBLISH", names.requests, envelope).integer ?? 0)
    }

    /// Asks, and returns the one reply: the node's name, what it says, and the headers.
    func ask(
        _ method: String,
        _ arguments: JSONObject = [:]
    ) async throws -> (node: String, reply: JSONValue, headers: JSONObject) {
        try await bind()
        try await publish(envelope(method, arguments))
        let replies = try await replies(1)
        return try #require(replies.first, "\(method) is answered")
    }

    /// Just what is said.
    func reply(_ method: String, _ arguments: JSONObject = [:]) async throws -> JSONValue {
        try await ask(method, arguments).reply
    }

    /// So many replies, or those that came in time.
    func replies(
        _ count: Int,
        within timeout: Duration = .seconds(10)
    ) async throws -> [(node: String, reply: JSONValue, headers: JSONObject)] {
        var found: [(node: String, reply: JSONValue, headers: JSONObject)] = []
        let seconds = Double(timeout.milliseconds) / 1000
        try await fixture.redis.withDedicatedConnection(owning: queue) { connection in
            while found.count < count {
                let popped = try await connection.send(
                    RedisCommand("BRPOP", queue, seconds),
                    timeout: timeout + .seconds(2)
                )
                guard let bytes = popped[1]?.bytes else { return }
                let read = try #require(RemoteEnvelope.read(bytes, maximumBytes: .max))
                let member = try #require(read.body.object?.members.first)
                found.append((member.key, member.value, read.headers))
            }
        }
        return found
    }

    /// Returns once so many workers listen to requests.
    func untilHeard(by count: Int = 1) async throws {
        try await eventually("\(count) workers listen") {
            try await fixture.command("PUBSUB", "NUMSUB", names.requests)[1]?.integer == Int64(count)
        }
    }
}

extension QueueFixture {
    /// A worker with this name, steady, that beats often.
    func remote(_ name: String = "swift@host", sendsTaskEvents: Bool = false) -> WorkerConfiguration {
        var configuration = steadyConfiguration
        configuration.remoteControl.nodeName = NodeName(name)
        configuration.remoteControl.sendsTaskEvents = sendsTaskEvents
        configuration.remoteControl.heartbeat = .milliseconds(100)
        return configuration
    }

    /// Lets everything that waits for its time in a queue be due.
    func makeDue(in queue: QueueName? = nil) async throws {
        let keys = redis.keys(of: queue ?? self.queue)
        for message in try await command("ZRANGE", keys.scheduled, 0, -1).array ?? [] {
            _ = try await command("ZADD", keys.scheduled, "XX", 1, message.bytes ?? [])
        }
        _ = try await command("PUBLISH", keys.wake, "")
    }

    /// Publishes events' channels to whom it gives them, decoded, while `body` runs.
    func withEvents(_ body: (EventRecord) async throws -> Void) async throws {
        let record = EventRecord()
        let names = RemoteNames(redis)
        let subscription = try await redis.subscribe(patterns: [names.events("*")])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await message in subscription { record.add(message) }
            }
            try await body(record)
            group.cancelAll()
        }
    }
}

/// The events that a monitor would have seen.
final class EventRecord: Sendable {
    private let record = Record()

    func add(_ message: RedisMessage) {
        guard let (body, _) = RemoteEnvelope.read(message.payload, maximumBytes: .max) else {
            return record.add(#"{"type":"unreadable"}"#)
        }
        for event in body.array ?? [body] {
            guard case .object(var object) = event else { continue }
            object["channel"] = .string(message.channel)
            record.add(JSONValue.object(object).text)
        }
    }

    var all: [JSONValue] { record.all.compactMap { try? JSONValue(parsing: $0) } }
    var ofTasks: [JSONValue] { all.filter { $0["type"]?.string?.hasPrefix("task-") == true } }

    func types(of id: TaskID) -> [String] {
        all.filter { $0["uuid"]?.string == id.rawValue }.compactMap { $0["type"]?.string }
    }

    func event(_ type: String, of id: TaskID? = nil) -> JSONValue? {
        all.first { $0["type"]?.string == type && (id == nil || $0["uuid"]?.string == id?.rawValue) }
    }
}

/// What kind of value stands where, for comparing with what Python wrote: keys and types, one level of a list.
func shape(_ value: JSONValue, opening keys: Set<String> = []) -> JSONValue {
    switch value {
    case .null: "null"
    case .bool: "bool"
    case .integer, .double, .number: "number"
    case .string: "text"
    case .array(let values): .array(values.prefix(1).map { shape($0, opening: keys) })
    case .object(let object):
        .object(
            object.members.sorted { $0.key < $1.key }.reduce(into: JSONObject()) { shaped, member in
                shaped[member.key] = keys.contains(member.key) ? "any" : shape(member.value, opening: keys)
            }
        )
    }
}
