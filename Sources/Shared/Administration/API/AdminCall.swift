import Identity
import JSON

/// A request that was let in: what it asks, checked.
struct AdminCall: Sendable {
    let request: AdminRequest
    /// Who asks; nil only where anybody may.
    let principal: Principal?
    private let path: [String: String]
    private let query: JSONObject
    /// The body with the defaults of its schema; empty where there is none.
    let body: JSONObject

    init(
        request: AdminRequest,
        principal: Principal?,
        path: [String: String],
        query: JSONObject,
        body: JSONObject
    ) {
        self.request = request
        self.principal = principal
        self.path = path
        self.query = query
        self.body = body
    }

    /// The name of who asks, for records and reasons.
    var subject: String { principal?.subject ?? "anonymous" }

    /// A parameter of the path, which is there where the route names it.
    subscript(_ name: String) -> String { path[name] ?? "" }

    /// What the audit log calls the thing that is acted on.
    var target: String { request.path.joined(separator: "/") }

    func text(_ name: String) -> String? { query[name]?.string }
    func number(_ name: String) -> Int? { query[name]?.integer.flatMap { Int(exactly: $0) } }
    func flag(_ name: String) -> Bool { query[name]?.bool == true }
    func texts(_ name: String) -> [String] { (query[name]?.array ?? []).compactMap(\.string) }

    /// Throws `AdminProblem` for whoever has a lower role than a part of what they ask for takes.
    func require(_ role: Role, for what: String) throws(AdminProblem) {
        guard let principal, principal.role >= role else {
            throw AdminProblem.roleTooLow(role, what, principal?.role)
        }
    }

    /// Whether what tasks carry is shown, too.
    ///
    /// - Throws: `AdminProblem` for whoever may not read it.
    func showsContents() throws(AdminProblem) -> Bool {
        guard flag("contents") else { return false }
        try require(.admin, for: "reading what tasks carry")
        return true
    }

    /// Whether it is asked on the host itself, by who may read Redis anyway.
    var isLocal: Bool { principal.map { $0.tokenID == nil } ?? false }

    /// How many are asked for.
    var limit: Int { number("limit") ?? 100 }

    /// Where a list that is counted from its beginning goes on.
    ///
    /// - Throws: `AdminProblem` for a cursor that is none of ours.
    func offset() throws(AdminProblem) -> Int {
        guard let cursor = text("cursor") else { return 0 }
        guard let offset = Int(cursor), (0...100_000_000).contains(offset) else {
            throw AdminProblem.invalid([.init("?cursor", "expected the next_cursor of an answer")])
        }
        return offset
    }

    /// One page of something that is all here.
    func page(of items: [JSONValue]) throws(AdminProblem) -> AdminReply {
        let start = try offset()
        let page = items.dropFirst(start).prefix(limit)
        let end = start + page.count
        return .page(Array(page), next: end < items.count ? String(end) : nil)
    }

    /// Throws `AdminProblem` where the request names a version that is not this one.
    func check(_ etag: String) throws(AdminProblem) {
        guard let wanted = request.headers["if-match"], wanted != "*" else { return }
        let versions = wanted.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        guard versions.contains("\"\(etag)\"") else {
            throw AdminProblem(412, "changed", "it is another version by now; look at it again and repeat")
        }
    }
}
