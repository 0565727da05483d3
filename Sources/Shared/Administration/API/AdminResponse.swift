package import JSON

/// What the admin API answers.
package struct AdminResponse: Sendable {
    package let status: Int
    /// `Content-Type` among them where there is a body.
    package let headers: [(name: String, value: String)]
    /// Nil for none.
    package let body: JSONValue?

    package init(status: Int, headers: [(name: String, value: String)], body: JSONValue?) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header; its name's case does not matter.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// What a route's handler answers, and what the audit log learns of it.
struct AdminReply: Sendable {
    var status = 200
    var body: JSONValue?
    /// The version of what is shown, for `If-Match`.
    var etag: String?
    var headers: [(name: String, value: String)] = []
    /// How things stood before a change, and stand after it; without secrets.
    var before: JSONValue?
    var after: JSONValue?
    /// Whether the audit log hears of it; nil: of what changes something, as the route says.
    var isRecorded: Bool?
    /// What was acted on, where the path does not name it.
    var target: String?
    /// Who acted, where the handler knows better than the request.
    var actor: String?

    init(_ body: JSONValue? = nil, status: Int = 200, etag: String? = nil) {
        self.body = body
        self.status = status
        self.etag = etag
    }

    /// Done, and nothing to show.
    static var none: AdminReply { AdminReply(nil, status: 204) }

    /// Part of a list, and where the next part begins.
    static func page(_ items: [JSONValue], next: String?) -> AdminReply {
        AdminReply(["items": .array(items), "next_cursor": next.map { .string($0) } ?? .null])
    }
}
