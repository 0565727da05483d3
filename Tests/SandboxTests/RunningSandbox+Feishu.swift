import Feishu
import FeishuSandbox
import Logging
import TestSupport

/// Keeps no token: each client has one renewal of its own.
private struct NoTokenStore: TokenStore {
    func load(appID: String) async throws -> (sealed: String, remaining: Duration)? { nil }
    func save(_ sealed: String, appID: String, lifetime: Duration) async throws {}
    func discard(_ sealed: String, appID: String) async throws {}
    func claimRenewal(appID: String, by claimant: String, for duration: Duration) async throws -> Bool { true }
    func releaseRenewal(appID: String, by claimant: String) async throws {}
}

extension RunningSandbox {
    /// The product's own client of this sandbox. Waits take no time, since a test's clock has none.
    func feishu() -> FeishuClient {
        let own = cloud.configuration.app
        let app = FeishuApp(appID: own.id, appSecret: own.secret)
        let endpoint = FeishuEndpoint(baseURL: url, http: client)
        let tokens = TenantAccessTokens(
            app: app,
            endpoint: endpoint,
            store: NoTokenStore(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        return FeishuClient(app: app, endpoint: endpoint, tokens: tokens, wait: { _ in })
    }

    /// What other tests speak to it by.
    var control: SandboxControl { SandboxControl(url: url, http: client) }
}
