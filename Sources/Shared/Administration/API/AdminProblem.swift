import Identity
package import JSON

/// Why a request was not fulfilled, as `application/problem+json` (RFC 9457).
package struct AdminProblem: Error, Sendable, CustomStringConvertible {
    /// One thing that is wrong with what was sent.
    package struct Detail: Sendable, Equatable {
        /// JSON Pointer into the body, or `?name` for a parameter of the query.
        package let pointer: String
        package let detail: String

        package init(_ pointer: String, _ detail: String) {
            self.pointer = pointer
            self.detail = detail
        }
    }

    package let status: Int
    /// Names the kind of problem for programs, such as `step-up-required`.
    package let code: String
    /// The same for people, and what to do about it. Never a secret.
    package let detail: String
    package let errors: [Detail]
    /// What some kinds say besides.
    package let members: JSONObject
    package let headers: [(name: String, value: String)]
    /// Who it is about, for the audit log, where no token says so.
    private(set) var subject: String?

    package init(
        _ status: Int,
        _ code: String,
        _ detail: String,
        errors: [Detail] = [],
        members: JSONObject = [:],
        headers: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.members = members
        self.headers = headers
    }

    package var description: String { "\(status) \(code): \(detail)" }

    static func notFound(_ what: String) -> AdminProblem { AdminProblem(404, "not-found", "there is no \(what)") }

    /// Somebody's role, if any, is not enough for something.
    static func roleTooLow(_ needed: Role, _ what: String, _ role: Role?) -> AdminProblem {
        AdminProblem(
            403,
            "role-too-low",
            "\(what) takes the role \(needed.rawValue), and you are \(role?.rawValue ?? "nobody")",
            members: ["required_role": .string(needed.rawValue)]
        )
    }

    static func invalid(_ errors: [Detail]) -> AdminProblem {
        AdminProblem(422, "invalid", "what was sent is not as the API wants it", errors: errors)
    }

    /// The same about somebody who is not known by a token, such as who tried to sign in.
    func said(of name: String) -> AdminProblem {
        var problem = self
        problem.subject = name
        return problem
    }

    static let unavailable = AdminProblem(
        503,
        "unavailable",
        "Redis does not answer; try again",
        headers: [("Retry-After", "1")]
    )

    /// The document.
    func response(to request: AdminRequest) -> AdminResponse {
        var document: JSONObject = [
            "type": .string("urn:ai-assistant:problem:\(code)"), "title": .string(Self.titles[status] ?? "Error"),
            "status": .integer(Int64(status)), "detail": .string(detail), "code": .string(code),
            "request_id": .string(request.requestID),
        ]
        if !errors.isEmpty {
            document["errors"] = .array(
                errors.map { ["pointer": .string($0.pointer), "detail": .string($0.detail)] }
            )
        }
        for member in members.members { document[member.key] = member.value }
        return AdminResponse(
            status: status,
            headers: [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")] + headers
                + [("X-Request-Id", request.requestID)],
            body: .object(document)
        )
    }

    /// The statuses that the API answers with, and what they are called (RFC 9110).
    static let titles: [Int: String] = [
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        409: "Conflict", 412: "Precondition Failed", 413: "Content Too Large", 415: "Unsupported Media Type",
        422: "Unprocessable Content", 429: "Too Many Requests", 500: "Internal Server Error",
        503: "Service Unavailable",
    ]
}
