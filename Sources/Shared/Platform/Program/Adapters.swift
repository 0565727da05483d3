import Cryptography
package import Feishu
package import JSON
package import Redis

extension RedisConfiguration {
    /// The connection settings of a program.
    ///
    /// - Parameters:
    ///   - settings: The configured ones.
    ///   - name: What `CLIENT LIST` shows.
    ///   - shared: Connections that all commands are pipelined over.
    /// - Throws: `RedisError` where the URL cannot be used.
    package init(_ settings: Configuration.Redis, name: String, shared: Int = 1) throws(RedisError) {
        try self.init(url: settings.url.value)
        clientName = name
        keyPrefix = settings.keyPrefix
        sharedConnections = shared
        maximumConnections = max(settings.maximumConnections, shared + 1)
        connectionTimeout = settings.connectionTimeout
    }
}

extension FeishuApp {
    /// One configured app.
    package init(_ settings: Configuration.Feishu.App) {
        self.init(
            appID: settings.appID,
            appSecret: settings.appSecret ?? Secret(""),
            encryptKey: settings.encryptKey,
            verificationToken: settings.verificationToken
        )
    }

    /// The app that the plugin `feishu-adapter` is configured with; nil where that names none.
    ///
    /// - Parameter configuration: The plugin's, with its secrets.
    package init?(adapter configuration: JSONObject) {
        guard let appID = configuration["app_id"]?.string else { return nil }
        self.init(
            appID: appID,
            appSecret: Secret(configuration["app_secret"]?.string ?? ""),
            encryptKey: configuration["encrypt_key"]?.string.map { Secret($0) },
            verificationToken: configuration["verification_token"]?.string.map { Secret($0) }
        )
    }
}
