import JSON

/// A request of remote control (kombu.pidbox, `Mailbox._publish`).
struct ControlRequest: Sendable {
    /// A longer one is not looked at, in bytes: enough for the ids of some 15,000 tasks in base64.
    static let maximumBytes = 1 << 20

    let method: String
    let arguments: JSONObject
    private let destination: [String]
    private let pattern: String?
    private let matcher: String?
    /// Where a reply goes; nil where none is wanted.
    let replyTo: ReplyAddress?
    /// The sender's logical time.
    let clock: Int64

    struct ReplyAddress: Sendable, Equatable {
        let exchange: String
        let routingKey: String
        /// By what the client knows its replies.
        let ticket: String?
    }

    /// Nil for what is no request.
    init?(reading envelope: [UInt8]) {
        guard let (body, headers) = RemoteEnvelope.read(envelope, maximumBytes: Self.maximumBytes),
            let method = body["method"]?.string
        else { return nil }
        self.method = method
        arguments = body["arguments"]?.object ?? JSONObject()
        destination = body["destination"]?.array?.compactMap(\.string) ?? body["destination"]?.string.map { [$0] } ?? []
        pattern = body["pattern"]?.string
        matcher = body["matcher"]?.string
        clock = headers["clock"]?.integer ?? 0
        guard let exchange = body["reply_to"]?["exchange"]?.string,
            let routingKey = body["reply_to"]?["routing_key"]?.string, !routingKey.isEmpty, routingKey.count <= 255
        else {
            replyTo = nil
            return
        }
        replyTo = ReplyAddress(exchange: exchange, routingKey: routingKey, ticket: body["ticket"]?.string)
    }

    /// Whether the request is for this node: named, or where nobody is named matched by the pattern, or without
    /// either for all.
    func isFor(_ node: NodeName) -> Bool {
        if !destination.isEmpty { return destination.contains(node.rawValue) }
        guard let pattern, let matcher, !pattern.isEmpty, !matcher.isEmpty else { return true }
        return NodePattern(pattern, matcher: matcher)?.matches(node.rawValue) ?? false
    }
}
