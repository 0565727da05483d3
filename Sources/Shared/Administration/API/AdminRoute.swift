package import Identity
import JSON

/// One operation of the admin API: what it is called, who may do it, what it takes and gives, and how it is done.
///
/// The table of them is all there is: requests are matched against it, the OpenAPI document is written from it, and a test
/// walks through it with every kind of token.
package struct AdminRoute: Sendable {
    /// Something in the path or the query.
    struct Parameter: Sendable {
        let name: String
        /// JSON Schema of its value, of type string, integer or boolean, or an array of strings.
        let schema: JSONObject
        let summary: String
        let isRequired: Bool
    }

    /// Who may.
    package enum Access: Sendable, Equatable {
        /// Whoever comes.
        case anybody
        /// Who has this role, or one above it.
        case role(Role)
    }

    package let method: AdminRequest.Method
    /// Below `/api/v1`, such as `/queues/{queue}/pause`.
    package let path: String
    /// Names it for generated clients, and in the audit log, such as `queues.pause`.
    package let action: String
    package let summary: String
    package let access: Access
    /// What a second step must have been made for; nil where none is needed.
    package private(set) var stepUp: StepUpPurpose?
    private(set) var parameters: [Parameter] = []
    private(set) var queryParameters: [Parameter] = []
    /// JSON Schema of the body; nil where there is none.
    private(set) var body: JSONObject?
    /// JSON Schemas of the answers that are no problems; nil for an answer without a body.
    private(set) var answers: [Int: JSONObject?] = [:]
    /// Statuses of problems that this route has besides those that all have.
    private(set) var problems: Set<Int> = []
    /// Whether the audit log hears of it; else only those that change something do.
    private(set) var isRead: Bool
    let handler: @Sendable (AdminCall) async throws -> AdminReply

    init(
        _ method: AdminRequest.Method,
        _ path: String,
        _ action: String,
        _ access: Access,
        _ summary: String,
        handler: @escaping @Sendable (AdminCall) async throws -> AdminReply
    ) {
        self.method = method
        self.path = path
        self.action = action
        self.access = access
        self.summary = summary
        self.handler = handler
        isRead = method.isSafe
        for case let name? in segments.map(\.parameter) {
            parameters.append(
                Parameter(name: name, schema: Schemas.name, summary: Schemas.parameters[name] ?? name, isRequired: true)
            )
        }
        if !parameters.isEmpty { problems.insert(404) }
    }

    // MARK: Described further

    func needing(_ purpose: StepUpPurpose) -> AdminRoute { changed { $0.stepUp = purpose } }

    func query(_ name: String, _ schema: JSONObject, _ summary: String) -> AdminRoute {
        changed {
            $0.queryParameters.append(Parameter(name: name, schema: schema, summary: summary, isRequired: false))
        }
    }

    /// `limit` and `cursor`.
    func paged(most: Int = 1_000, default count: Int = 100) -> AdminRoute {
        query(
            "limit",
            Schemas.integer(1...most, default: count),
            "How many at most."
        ).query("cursor", Schemas.text(256), "Where to go on: `next_cursor` of the answer before.")
    }

    /// `contents`: for who may read it, what tasks carry.
    func showingContents() -> AdminRoute {
        query(
            "contents",
            ["type": "boolean", "default": false],
            "Also what the tasks carry, which people may have written: takes the role admin, and is recorded."
        )
    }

    func taking(_ schema: JSONObject) -> AdminRoute { changed { $0.body = schema } }

    func answering(_ schema: JSONObject) -> AdminRoute { answering(200, schema) }

    func answering(_ status: Int, _ schema: JSONObject?) -> AdminRoute {
        changed { $0.answers.updateValue(schema, forKey: status) }
    }

    func refusing(_ statuses: Int...) -> AdminRoute { changed { $0.problems.formUnion(statuses) } }

    /// Changes nothing, though it is no GET.
    func reading() -> AdminRoute { changed { $0.isRead = true } }

    private func changed(_ change: (inout AdminRoute) -> Void) -> AdminRoute {
        var route = self
        change(&route)
        return route
    }

    // MARK: Matching

    /// A part of the path.
    enum Segment: Sendable, Equatable {
        case word(Substring)
        case parameter(String)

        var parameter: String? { if case .parameter(let name) = self { name } else { nil } }
    }

    var segments: [Segment] {
        path.split(separator: "/").map { part in
            part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .word(part)
        }
    }

    /// The values of the path's parameters; nil where the path is another's.
    func match(_ path: [String]) -> [String: String]? {
        let segments = segments
        guard segments.count == path.count else { return nil }
        var values: [String: String] = [:]
        for (segment, part) in zip(segments, path) {
            switch segment {
            case .word(let word): guard part == word else { return nil }
            case .parameter(let name): values[name] = part
            }
        }
        return values
    }
}
