import Cryptography
import HTTP
import HTTPClient
import JSON
import Logging
import NIOCore
import ServiceLifecycle
import TestSupport

@testable import PluginKit

/// A plugin that is served by this process, on a port of its own.
struct ServedPlugin {
    static let secret = Secret("0123456789abcdef")
    /// What its clock says, and the requests' too.
    static let now: Int64 = 1_764_200_000

    let port: Int
    let client: HTTPClient
    private let services: ServiceGroup

    /// Asks the server to end.
    func stop() async { await services.triggerGracefulShutdown() }

    /// Sends a request with the assistant's headers; `change` may spoil them.
    func send(
        _ method: String,
        _ path: String,
        body: [UInt8] = [],
        key: String = "",
        timestamp: Int64 = ServedPlugin.now,
        changing change: (inout [String: String]) -> Void = { _ in }
    ) async throws -> HTTPClientResponse {
        let signed = RequestSignature.Request(
            method: method,
            path: path,
            idempotencyKey: key,
            timestamp: String(timestamp)
        )
        var headers = [
            "Plugin-Contract": "1", "Plugin-Timestamp": signed.timestamp,
            "Plugin-Signature": RequestSignature.signature(of: signed, body: body, secret: Self.secret),
        ]
        if !key.isEmpty { headers["Plugin-Idempotency-Key"] = key }
        if method == "POST" { headers["Content-Type"] = "application/json" }
        change(&headers)
        return try await client.execute(
            HTTPClientRequest(
                method: method,
                url: "http://127.0.0.1:\(port)\(path)",
                headers: headers.map { ($0.key, $0.value) },
                body: method == "GET" ? nil : body
            )
        )
    }

    /// Calls the plugin with a text.
    func call(_ text: String, key: String = "") async throws -> HTTPClientResponse {
        let context: JSONValue = ["message_content": .string(text), "language": "en"]
        return try await send("POST", "/handle_message", body: context.bytes, key: key)
    }

    /// Serves a plugin, runs `body`, stops the server.
    static func with(
        _ plugin: any Plugin = Echo(),
        secret: Secret? = ServedPlugin.secret,
        prefix: String = "",
        limits: ServerLimits? = nil,
        _ body: (ServedPlugin) async throws -> Void
    ) async throws {
        let (ports, told) = AsyncStream<Int>.makeStream()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = PluginServer(
            of: plugin,
            at: .address(host: "127.0.0.1", port: 0),
            secret: secret,
            prefix: prefix,
            limits: limits,
            now: { now },
            logger: logger
        ) { told.yield($0?.port ?? 0) }
        let services = ServiceGroup(services: [server], logger: logger)
        let client = HTTPClient()
        try await withThrowingTaskGroup { group in
            group.addTask {
                defer { told.finish() }
                try await services.run()
            }
            do {
                for await port in ports {
                    try await body(ServedPlugin(port: port, client: client, services: services))
                    break
                }
            } catch {
                await services.triggerGracefulShutdown()
                throw error
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        await client.shutdown()
    }
}

extension HTTPClientResponse {
    /// The body as JSON.
    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }

    /// The code of an error in the contract's form.
    var errorCode: String? { json["error"]?["code"]?.string }

    /// The text that is said.
    var said: String? { json["reply_message"]?["text"]?.string }
}
