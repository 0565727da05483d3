package import HTTP
package import JSON

/// Asks a plugin what it is: `GET /health`, `/manifest` and `/get_config_schema`.
package struct PluginInquiry: Sendable {
    private static let mostBytes = 1 << 20

    private let exchange: PluginExchange
    private let now: @Sendable () -> ISODate

    /// - Parameters:
    ///   - endpoint: Where the plugin is.
    ///   - transport: Sends the requests.
    ///   - clock: What waiting is measured by.
    ///   - now: The time of the signatures.
    package init(
        _ endpoint: PluginEndpoint,
        transport: any HTTPTransport,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> ISODate
    ) {
        exchange = PluginExchange(endpoint: endpoint, transport: transport, clock: clock)
        self.now = now
    }

    /// Whether it says that it is well.
    ///
    /// - Parameter limit: How long to wait for that.
    /// - Throws: `PluginFailure`; `.busy` where it says anything else than `ok`.
    package func health(within limit: Duration = .seconds(5)) async throws(PluginFailure) {
        guard try await get("/health", within: limit)["status"]?.string == "ok" else { throw .busy }
    }

    /// Its manifest as it says it itself.
    ///
    /// - Returns: The document.
    /// - Throws: `PluginFailure`.
    package func manifest() async throws(PluginFailure) -> JSONValue { try await get("/manifest") }

    /// The schema of its configuration.
    ///
    /// - Returns: The document; nil where it has none.
    /// - Throws: `PluginFailure`.
    package func configurationSchema() async throws(PluginFailure) -> JSONValue? {
        do throws(PluginFailure) {
            return try await get("/get_config_schema")
        } catch .failed(status: 404) {
            return nil
        }
    }

    private func get(_ path: String, within limit: Duration = .seconds(5)) async throws(PluginFailure) -> JSONValue {
        let request = exchange.endpoint.request("GET", path, timestamp: now().seconds)
        return try await exchange.send(request, within: limit, mostBytes: Self.mostBytes)
    }
}
