/// What all plugins that are child processes of ours get from us.
package struct PluginSurroundings: Sendable {
    /// Variables of our own environment that plugins get too: without them they would not reach the network as we do.
    private static let passedOn = [
        "http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
        "SSL_CERT_FILE",
    ]

    /// Where each gets a folder of its own for what it writes.
    let scratch: String
    /// As whom they run where we are root.
    let user: String
    /// Where the Python SDK is; nil: none is brought.
    let pythonPath: String?
    /// Directories with colons between them, where programs are looked up.
    let searchPath: String
    let variables: [String: String]

    /// - Parameters:
    ///   - scratch: Folder that is made where it is not there; each plugin gets one of its own in it.
    ///   - user: As whom they run where we are root; otherwise they run as we do.
    ///   - pythonPath: Folder with the package `plugin_interface`.
    ///   - searchPath: Where their programs are looked up.
    ///   - environment: Ours; of it they get what says how the network is reached.
    package init(
        scratch: String,
        user: String = "nobody",
        pythonPath: String? = nil,
        searchPath: String = "/usr/local/bin:/usr/bin:/bin",
        environment: [String: String] = [:]
    ) {
        self.scratch = scratch
        self.user = user
        self.pythonPath = pythonPath
        self.searchPath = searchPath
        variables = environment.filter { Self.passedOn.contains($0.key) }
    }
}
