import Cryptography
import FeishuSandbox
import Foundation
import HTTP
import HTTPClient
import JSON
import Logging
import NIOConcurrencyHelpers
import Testing

/// A clock that only a test moves; waiting moves it at once and is written down.
final class TestTime: Sendable {
    private let state = NIOLockedValueBox((now: Int64(1_795_402_800_000), waits: [Duration]()))

    var waits: [Duration] { state.withLockedValue { $0.waits } }

    func advance(_ duration: Duration) {
        state.withLockedValue { $0.now += Int64(duration / .milliseconds(1)) }
    }

    var cloudTime: CloudTime {
        CloudTime(
            now: { self.state.withLockedValue { $0.now } },
            sleep: { duration in
                try Task.checkCancellation()
                self.state.withLockedValue { $0.waits.append(duration) }
                self.advance(duration)
            }
        )
    }
}

/// An answer of the sandbox.
struct Answer: CustomStringConvertible {
    let status: Int
    let json: JSONValue
    let body: [UInt8]
    private let headers: [(String, String)]

    init(_ response: HTTPClientResponse) {
        status = response.status
        body = response.body
        headers = response.headers
        json = (try? JSONValue(parsing: response.body)) ?? .null
    }

    var description: String { "\(status) \(json.text)" }
    var code: Int64? { json["code"]?.integer }

    func header(_ name: String) -> String? { headers.first { $0.0.lowercased() == name }?.1 }
}

/// A sandbox that listens on a free port, and a client that talks to it as the bot would.
struct RunningSandbox {
    let cloud: FeishuCloud
    let url: String
    let client: any HTTPTransport

    /// Runs `body` against a sandbox and stops it gracefully afterwards.
    static func with<Value: Sendable>(
        _ configuration: SandboxConfiguration = SandboxConfiguration(verifiesEventURL: false),
        time: CloudTime = .system,
        _ body: @Sendable @escaping (RunningSandbox) async throws -> Value
    ) async throws -> Value {
        let client = HTTPClient()
        let cloud = FeishuCloud(configuration: configuration, time: time, carrier: HTTPCarrier(http: client))
        let ports = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "sandbox")
        logger.logLevel = .critical
        let server = SandboxServer(cloud: cloud, logger: logger) { ports.continuation.yield($0) }
        do {
            let value = try await withThrowingTaskGroup(of: Value?.self) { group in
                group.addTask {
                    try await server.run()
                    return nil
                }
                group.addTask {
                    for await port in ports.stream {
                        return try await body(
                            RunningSandbox(cloud: cloud, url: "http://127.0.0.1:\(port)", client: client)
                        )
                    }
                    return nil
                }
                let value = try await group.next()
                group.cancelAll()
                return value
            }
            await client.shutdown()
            return try #require(value ?? nil)
        } catch {
            await client.shutdown()
            throw error
        }
    }

    func call(
        _ method: String,
        _ path: String,
        _ body: JSONValue? = nil,
        headers: [(String, String)] = [("Content-Type", "application/json; charset=utf-8")],
        token: String? = nil
    ) async throws -> Answer {
        let authorization = token.map { [("Authorization", "Bearer " + $0)] } ?? []
        let response = try await client.execute(
            HTTPClientRequest(method: method, url: url + path, headers: headers + authorization, body: body?.bytes)
        )
        return Answer(response)
    }

    /// The same sandbox through a connection of its own: libcurl sends a request again by itself when a connection it
    /// kept turns out to be closed, but not on a new one.
    func withNewConnection<Value>(_ body: (RunningSandbox) async throws -> Value) async throws -> Value {
        let client = HTTPClient()
        do {
            let value = try await body(RunningSandbox(cloud: cloud, url: url, client: client))
            await client.shutdown()
            return value
        } catch {
            await client.shutdown()
            throw error
        }
    }

    func token() async throws -> String {
        let app = cloud.configuration.app
        let answer = try await call(
            "POST",
            "/open-apis/auth/v3/tenant_access_token/internal",
            ["app_id": .string(app.id), "app_secret": .string(app.secret.value)]
        )
        return try #require(answer.json["tenant_access_token"]?.string)
    }

    /// Lets somebody speak in the private chat.
    func say(_ text: String = "hello", group: String? = nil) throws -> Spoken {
        try cloud.say(Utterance(person: "Ann", text: text, group: group))
    }

    func send(
        to chatID: String,
        type: String = "text",
        content: JSONValue = ["text": "hi"],
        uuid: String? = nil,
        token: String
    ) async throws -> Answer {
        var body: JSONObject = [
            "receive_id": .string(chatID), "msg_type": .string(type), "content": .string(content.text),
        ]
        body["uuid"] = uuid.map(JSONValue.string)
        return try await call(
            "POST",
            "/open-apis/im/v1/messages?receive_id_type=chat_id",
            .object(body),
            token: token
        )
    }

    func reply(to messageID: String, text: String = "hi", uuid: String? = nil, token: String) async throws -> Answer {
        let content: JSONValue = ["text": .string(text)]
        var body: JSONObject = ["msg_type": "text", "content": .string(content.text)]
        body["uuid"] = uuid.map(JSONValue.string)
        return try await call("POST", "/open-apis/im/v1/messages/\(messageID)/reply", .object(body), token: token)
    }

    /// Waits until the event's delivery is in one of these states; `updates` must have been listened to before.
    static func wait(
        for eventID: String?,
        in updates: AsyncStream<JSONValue>?,
        until states: Set<String>
    ) async throws -> JSONValue {
        let updates = try #require(updates)
        for await update in updates where update["kind"]?.string == "delivery" {
            guard let value = update["value"], value["event_id"]?.string == eventID else { continue }
            if let state = value["state"]?.string, states.contains(state) { return value }
        }
        throw CancellationError()
    }
}
