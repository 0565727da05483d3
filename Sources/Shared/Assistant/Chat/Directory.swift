import Feishu

/// Who the bots of the apps are, and what people are called, asked once each.
actor Directory {
    /// The most names that are remembered; then all are forgotten.
    private static let most = 20_000

    private var bots: [String: String] = [:]
    private var names: [String: String?] = [:]

    func openID(of client: FeishuClient) async throws(FeishuError) -> String {
        if let id = bots[client.app.appID] { return id }
        let id = try await client.botInfo().openID
        bots[client.app.appID] = id
        return id
    }

    /// Nil where the app may not know it.
    func name(of openID: String, through client: FeishuClient) async throws(FeishuError) -> String? {
        let key = "\(client.app.appID):\(openID)"
        if let name = names[key] { return name }
        let name: String?
        do {
            name = try await client.userName(ofOpenID: openID)
        } catch  where [.permission, .identifier, .gone, .other].contains(error.kind) {
            name = nil
        }
        if names.count >= Self.most { names = [:] }
        names[key] = .some(name)
        return name
    }
}
