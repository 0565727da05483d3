import Cryptography
import Feishu
import JSON

/// One recorded delivery of `http_vectors.json`, with what has to become of it.
struct HTTPVector: CustomStringConvertible {
    let id: String
    let app: FeishuApp
    let now: Int64
    let body: [UInt8]
    let headers: EventHeaders
    /// `challenge`, `event`, `callback`, `duplicate`, `ignored` or `reject`.
    let kind: String
    let plaintext: String?
    let response: JSONValue?

    var description: String { id }
    var verdict: EventVerdict { EventReceiver(app: app).receive(body: body.span, headers: headers, now: now) }

    /// All vectors in the order of the file.
    static let all: [HTTPVector] = (try? load()) ?? []

    private static func load() throws -> [HTTPVector] {
        let file = try Fixture.json("http_vectors")
        return try (file["vectors"]?.array ?? []).map { vector in
            let config = file["configs"]?[vector["config"]?.string ?? ""]
            let request = vector["request"]
            let headers = request?["headers"]?.object?.members.map { (name: $0.key, value: $0.value.string ?? "") }
            return HTTPVector(
                id: vector["id"]?.string ?? "",
                app: FeishuApp(
                    appID: config?["app_id"]?.string ?? "",
                    appSecret: Secret("unused"),
                    encryptKey: config?["encrypt_key"]?.string.map(Secret.init),
                    verificationToken: config?["verification_token"]?.string.map(Secret.init)
                ),
                now: vector["now"]?.integer ?? 0,
                body: try request?["body"]?.string.map { Array($0.utf8) }
                    ?? Base64.decode(request?["body_base64"]?.string ?? ""),
                headers: EventHeaders(headers ?? []),
                kind: vector["expect"]?["kind"]?.string ?? "",
                plaintext: vector["expect"]?["plaintext"]?.string,
                response: vector["expect"]?["response_json"]
            )
        }
    }
}
