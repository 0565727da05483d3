import Cryptography
import JSON

/// The contract's routes: what a request that has been read is answered with.
struct PluginRoutes: Sendable {
    /// A request with its whole body.
    struct Request {
        let method: String
        /// As it stands in the request line.
        let path: String
        /// The value of a header; nil where it is absent.
        let header: (String) -> String?
        let body: [UInt8]
    }

    private enum Route: String {
        case health = "/health"
        case manifest = "/manifest"
        case schema = "/get_config_schema"
        case call = "/handle_message"

        var method: String { self == .call ? "POST" : "GET" }
    }

    let calls: Calls
    let manifest: [UInt8]
    let schema: [UInt8]
    /// Nil: every request is taken for the assistant's.
    let secret: Secret?
    /// What stands before the contract's paths.
    let prefix: String
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// Why a request is refused whatever its body is; nil where it is not.
    func refusal(method: String, path: String) -> Answer? {
        let route = route(path)
        guard route?.method != method else { return nil }
        return .failure(
            route == nil ? 404 : 405,
            "no_such_route",
            "the contract has no such path, or not with this method"
        )
    }

    func answer(to request: Request) async -> Answer {
        if let why = proofRefusal(of: request) { return .failure(401, "signature", why) }
        switch route(request.path) {
        case .health:
            return calls.areStuck
                ? .failure(503, "stuck", "every place is taken by a call that does not end")
                : Answer(Array(#"{"status":"ok"}"#.utf8))
        case .manifest: return Answer(manifest)
        case .schema: return Answer(schema)
        case .call: return await call(request)
        case nil: return refusal(method: request.method, path: request.path) ?? .failure(404, "no_such_route", "")
        }
    }

    private func route(_ path: String) -> Route? {
        path.hasPrefix(prefix) ? Route(rawValue: String(path.dropFirst(prefix.count))) : nil
    }

    private func proofRefusal(of request: Request) -> String? {
        guard let secret else { return nil }
        let signed = RequestSignature.Request(
            method: request.method,
            path: request.path,
            idempotencyKey: request.header("Plugin-Idempotency-Key") ?? "",
            timestamp: request.header("Plugin-Timestamp") ?? ""
        )
        let given = request.header("Plugin-Signature") ?? ""
        return RequestSignature.refusal(of: signed, body: request.body, given: given, secret: secret, now: now())
    }

    private func call(_ request: Request) async -> Answer {
        let type = request.header("Content-Type")?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type == "application/json" else { return .failure(415, "content_type", "expected application/json") }
        guard request.header("Plugin-Contract") ?? "1" == "1" else {
            return .failure(400, "contract_version", "this plugin speaks version 1 of the contract")
        }
        let key = request.header("Plugin-Idempotency-Key") ?? ""
        guard key.utf8.count <= 256 else { return .failure(400, "idempotency_key", "expected at most 256 characters") }
        guard let context = try? JSONValue(parsing: request.body).object else {
            return .failure(400, "not_json", "expected an object of JSON")
        }
        do throws(BadContext) {
            return await calls.answer(to: try Message(context), key: key)
        } catch {
            return .failure(400, "not_a_context", error.description)
        }
    }
}
