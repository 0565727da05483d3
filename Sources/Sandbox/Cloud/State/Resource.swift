/// A file or image, with what is known about it.
struct Resource: Sendable {
    /// As the interface asks for it (`type=image|file`).
    enum Kind: String, Sendable { case image, file }

    let key: String
    let kind: Kind
    let name: String
    let bytes: [UInt8]
    /// What its size is taken for; a test may claim more than there is.
    let claimedBytes: Int
    /// `opus`, `mp4`, `pdf` and so on; empty for images.
    let fileType: String
    /// Length of audio and video, in milliseconds.
    let duration: Int64?
    /// The app that uploaded it; nil for a person's.
    let appID: String?
    /// What a browser may show it as.
    let mediaType: String
}

/// Files and images, bounded in bytes; the oldest go first.
struct ResourceStore: Sendable {
    private var resources: [String: Resource] = [:]
    private var order = Ring<String>()
    private var bytes = 0
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    subscript(key: String) -> Resource? { resources[key] }

    mutating func append(_ resource: Resource) {
        resources[resource.key] = resource
        order.append(resource.key)
        bytes += resource.bytes.count
        while bytes > limit, order.count > 1, let oldest = order.popFirst() {
            bytes -= resources.removeValue(forKey: oldest)?.bytes.count ?? 0
        }
    }
}
