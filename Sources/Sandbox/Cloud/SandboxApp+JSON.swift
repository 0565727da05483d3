import Cryptography
import JSON

extension SandboxApp {
    /// Further apps as a file lists them: objects with `id`, `secret`, `verification_token`, and perhaps `encrypt_key`
    /// (events go in clear without), `name`, `event_url`, `callback_url` and `scopes`.
    ///
    /// - Throws: `.invalid`, naming the first app that is incomplete but never its secrets.
    package static func list(from bytes: [UInt8]) throws(ControlError) -> [SandboxApp] {
        guard let items = (try? JSONValue(parsing: bytes))?.array else {
            throw .invalid("the file of apps must hold a JSON array")
        }
        var apps: [SandboxApp] = []
        for item in items {
            guard let id = item["id"]?.string, let secret = item["secret"]?.string,
                let token = item["verification_token"]?.string
            else { throw .invalid("app \(apps.count + 1) needs id, secret and verification_token") }
            apps.append(
                SandboxApp(
                    id: id,
                    secret: Secret(secret),
                    encryptKey: item["encrypt_key"]?.string.map { Secret($0) },
                    verificationToken: Secret(token),
                    name: item["name"]?.string ?? id,
                    eventURL: item["event_url"]?.string,
                    callbackURL: item["callback_url"]?.string,
                    scopes: item["scopes"]?.array.map { Set($0.compactMap(\.string)) } ?? Scopes.usual
                )
            )
        }
        return apps
    }
}
