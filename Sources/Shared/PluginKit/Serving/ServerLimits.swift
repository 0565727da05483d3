/// Bounds on what comes in.
struct ServerLimits {
    static let headBytes = 32 << 10
    static let headFields = 100
    private static let bodyBytesWithoutFiles = 1 << 20
    private static let bodyBytesWithFiles = 16 << 20

    /// Of one body.
    let bodyBytes: Int
    /// Of bodies that are being read or worked on together.
    let bodyBytesTogether: Int
    let connections: Int
    /// Until a request begins, or its head is whole.
    let idle: Duration
    /// Until a body is whole.
    let body: Duration
    /// For what a client still sends after it was refused: ended at once, it might not read why.
    let farewell: Duration

    /// The bounds for a plugin.
    init(of manifest: Manifest, idle: Duration = .seconds(30), body: Duration = .seconds(30)) {
        let takesFiles = manifest.permissions.contains(.messageAttachments)
        bodyBytes = takesFiles ? Self.bodyBytesWithFiles : Self.bodyBytesWithoutFiles
        bodyBytesTogether = 4 * bodyBytes
        connections = 2 * manifest.concurrency + 32
        self.idle = idle
        self.body = body
        farewell = .seconds(1)
    }
}
