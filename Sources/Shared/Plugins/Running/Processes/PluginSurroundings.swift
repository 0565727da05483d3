import Processes

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
    /// What they may reach of our files.
    let sandboxing: Sandboxing
    /// Files and folders besides the system's and their own that they may read.
    let readable: [String]
    /// How much of the processor each may use.
    let processor: ProcessorBudget.Limit?

    /// Whether this kernel keeps plugins to what is theirs.
    package let canConfine: Bool

    /// What is done where the kernel has no sandbox.
    package enum Sandboxing: String, Sendable {
        /// Plugins are started without.
        case automatic = "auto"
        /// They are not started.
        case required
    }

    /// - Parameters:
    ///   - scratch: Folder that is made where it is not there; each plugin gets one of its own in it.
    ///   - user: As whom they run where we are root; otherwise they run as we do.
    ///   - pythonPath: Folder with the package `plugin_interface`.
    ///   - searchPath: Where their programs are looked up.
    ///   - environment: Ours; of it they get what says how the network is reached.
    ///   - sandboxing: Whether they are started where the kernel has no sandbox.
    ///   - readable: Files and folders besides the system's and their own that they may read.
    ///   - processor: How much of the processor each may use; nil: all.
    ///   - canConfine: Whether this kernel has a sandbox; nil: it is asked.
    package init(
        scratch: String,
        user: String = "nobody",
        pythonPath: String? = nil,
        searchPath: String = "/usr/local/bin:/usr/bin:/bin",
        environment: [String: String] = [:],
        sandboxing: Sandboxing = .automatic,
        readable: [String] = [],
        processor: ProcessorBudget.Limit? = nil,
        canConfine: Bool? = nil
    ) {
        self.scratch = scratch
        self.user = user
        self.pythonPath = pythonPath
        self.searchPath = searchPath
        self.sandboxing = sandboxing
        self.readable = readable
        self.processor = processor
        self.canConfine = canConfine ?? ProcessSandbox.isAvailable
        variables = environment.filter { Self.passedOn.contains($0.key) }
    }
}
