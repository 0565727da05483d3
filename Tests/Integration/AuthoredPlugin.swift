import Cryptography
import Foundation
import HTTPClient
import JSON
import NIOConcurrencyHelpers
import Plugins
import TestSupport

/// A plugin as somebody else runs it: a server that holds each request against its signature as `docs/plugins` says, and
/// answers as the test does.
final class AuthoredPlugin: Sendable {
    typealias Answering = @Sendable (_ call: JSONValue) -> JSONValue

    private struct State {
        var calls: [JSONValue] = []
        var forged = 0
        var isDown = false
    }

    static let secret = "a secret of 24 bytes or so"
    private static let key = Array(repeating: UInt8(7), count: 32)

    /// What programs have to be told to call it.
    static var settings: [String: String] {
        [
            "PLUGINS_KEY": Base64.encode(key), "PLUGINS_ALLOWED_NETWORKS": "127.0.0.1/32",
            "PLUGINS_DIRECTORY": FileManager.default.temporaryDirectory.appending(path: "plugins-\(UUID())").path,
        ]
    }

    private let state = NIOLockedValueBox(State())
    private let manifest: JSONValue
    private let server = NIOLockedValueBox<ScriptedHTTPServer?>(nil)

    /// Runs `body` with a server whose manifest has these members.
    static func with<Value>(
        _ members: JSONObject,
        answering: @escaping Answering = { _ in ["reply_message": "done"] },
        _ body: (AuthoredPlugin) async throws -> Value
    ) async throws -> Value {
        let plugin = AuthoredPlugin(members)
        return try await ScriptedHTTPServer.with { request, exchange in
            try await plugin.answer(request, exchange, answering)
        } _: { server in
            plugin.server.withLockedValue { $0 = server }
            return try await body(plugin)
        }
    }

    private init(_ members: JSONObject) {
        var manifest: JSONObject = ["contract_version": 1, "version": "1.0.0"]
        for member in members.members { manifest[member.key] = member.value }
        self.manifest = .object(manifest)
    }

    var url: String { server.withLockedValue { $0?.url ?? "" } }
    /// What it was called with, in order.
    var calls: [JSONValue] { state.withLockedValue { $0.calls } }
    /// How many requests had another signature.
    var forged: Int { state.withLockedValue { $0.forged } }

    /// While it is down, connections end without an answer.
    func turn(down isDown: Bool) { state.withLockedValue { $0.isDown = isDown } }

    private func answer(
        _ request: ScriptedHTTPServer.Request,
        _ exchange: Exchange,
        _ answering: Answering
    ) async throws {
        guard !state.withLockedValue({ $0.isDown }) else { return try await exchange.abort() }
        guard Self.isSigned(request) else {
            state.withLockedValue { $0.forged += 1 }
            return try await exchange.respond(status: 401)
        }
        let body: JSONValue
        switch request.path {
        case "/health": body = ["status": "ok"]
        case "/manifest": body = manifest
        case "/get_config_schema": body = ["type": "object"]
        default:
            let call = try JSONValue(parsing: request.body)
            state.withLockedValue { $0.calls.append(call) }
            body = answering(call)
        }
        try await exchange.respond(headers: [("Content-Type", "application/json")], body.text)
    }

    /// By the words of the contract, and nothing of the code that signs.
    private static func isSigned(_ request: ScriptedHTTPServer.Request) -> Bool {
        let time = request.values(of: "Plugin-Timestamp").first ?? ""
        let key = request.values(of: "Plugin-Idempotency-Key").first ?? ""
        guard let seconds = Double(time), abs(Date().timeIntervalSince1970 - seconds) <= 300 else { return false }
        let signed = Array("\(time).\(request.method).\(request.path).\(key).".utf8) + request.body
        let signature = "v1=" + Hex.encode(HMAC.sha256(key: Array(secret.utf8), message: signed))
        return request.values(of: "Plugin-Signature") == [signature]
    }

    /// Installs it, and waits until that many workers have it.
    func install(on system: AssistantSystem, workers: Int) async throws {
        let key = try SealingKey(Secret(Base64.encode(Self.key)))
        let registry = PluginRegistry(redis: system.database, sealing: key, logger: .silent) {
            Int64(Date().timeIntervalSince1970 * 1_000)
        }
        guard let addresses = AddressPolicy(allowedNetworks: ["127.0.0.1/32"]) else { return }
        let examiner = ServiceExaminer(addresses: addresses, transport: system.http) {
            ISODate(seconds: Int64(Date().timeIntervalSince1970), nanoseconds: 0)
        }
        let operations = PluginOperations(registry: registry, catalogue: try .builtIn(), examiner: examiner)
        let origin = PluginOrigin.service(url: url, secret: Secret(Self.secret))
        let change = try await operations.install(PluginInstallation(name: nil, origin: origin))
        guard let name = change.after?.name else { throw NeverHappened(description: "the install") }
        try await eventually("the plugin is healthy on \(workers) workers") {
            try await registry.standings(of: name).filter { $0.state == .healthy }.count == workers
        }
    }
}
