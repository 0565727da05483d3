import Cryptography
import Feishu
import HTTP
import Logging
import Platform

/// Speaks to Feishu as one of the apps, with a token that is kept nowhere.
struct FeishuAppProbe {
    let appID: String
    let client: FeishuClient

    /// Nil without a secret: then there is nothing to speak with.
    init?(_ app: Configuration.Feishu.App, baseURL: String, http: any HTTPTransport) {
        guard let secret = app.appSecret else { return nil }
        let credentials = FeishuApp(appID: app.appID, appSecret: secret)
        let endpoint = FeishuEndpoint(baseURL: baseURL.withoutSlash, http: http, deadlines: .short)
        appID = app.appID
        client = FeishuClient(
            app: credentials,
            endpoint: endpoint,
            tokens: TenantAccessTokens(
                app: credentials,
                endpoint: endpoint,
                store: NoTokenStore(),
                logger: Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
            ),
            patience: .seconds(2)
        )
    }
}

/// Keeps no token, so that looking leaves nothing behind.
private struct NoTokenStore: TokenStore {
    func load(appID: String) async throws -> (sealed: String, remaining: Duration)? { nil }
    func save(_ sealed: String, appID: String, lifetime: Duration) async throws {}
    func discard(_ sealed: String, appID: String) async throws {}
    func claimRenewal(appID: String, by claimant: String, for duration: Duration) async throws -> Bool { true }
    func releaseRenewal(appID: String, by claimant: String) async throws {}
}
