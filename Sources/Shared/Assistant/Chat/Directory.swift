import Feishu

/// Who the bots of the apps are, what people are called, and where they belong, remembered.
actor Directory {
    /// The most names that are remembered; then all are forgotten.
    private static let most = 20_000

    private var bots: [String: String] = [:]
    private var names: [String: String?] = [:]
    private var departments: [String: (ids: Set<String>, until: ContinuousClock.Instant)] = [:]
    /// How long a person's departments are believed.
    private static let belief: Duration = .seconds(600)

    func openID(of client: FeishuClient) async throws(FeishuError) -> String {
        if let id = bots[client.app.appID] { return id }
        let id = try await client.botInfo().openID
        bots[client.app.appID] = id
        return id
    }

    /// Empty where the app may not know it.
    func departments(of openID: String, through client: FeishuClient) async throws(FeishuError) -> Set<String> {
        let key = "\(client.app.appID):\(openID)"
        if let known = departments[key], known.until > .now { return known.ids }
        let ids: Set<String>
        do {
            ids = Set(try await client.departments(ofOpenID: openID))
        } catch  where [.permission, .identifier, .gone, .other].contains(error.kind) {
            ids = []
        }
        if departments.count >= Self.most { departments = [:] }
        departments[key] = (ids, .now + Self.belief)
        return ids
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
