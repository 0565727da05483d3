package import Identity
import JSON
import JSONSchema
import JobQueue
import Logging
import Platform
import Plugins
package import Redis

/// The admin API: finds the route of a request, lets in who may, checks what was sent, does it and writes it down.
///
/// It knows no HTTP server: the gateway hands it what came below `/api/v1`, and the command line calls it in its own process.
package struct AdminAPI: Sendable {
    /// Every operation there is.
    package let routes: [AdminRoute]
    private let doors: AdminDoors
    private let audit: AdminAudit
    private let logger: Logger

    init(routes: [AdminRoute], doors: AdminDoors, audit: AdminAudit, logger: Logger) {
        self.routes = routes
        self.doors = doors
        self.audit = audit
        self.logger = logger
    }

    /// Answers a request that came over a network: whoever sent it must show a token.
    ///
    /// - Parameter request: The request.
    /// - Returns: The answer; every failure is one, too.
    package func respond(to request: AdminRequest) async -> AdminResponse {
        do throws(RedisError) {
            return try await respond(to: request, as: nil)
        } catch {
            return AdminProblem.unavailable.response(to: request)
        }
    }

    /// Answers a request of somebody who has the host, and with it Redis: no token and no second step is asked for.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - operator: Who it is.
    /// - Returns: The answer; every failure but that of Redis is one, too.
    /// - Throws: `RedisError`, as Redis said it: who has the host may read it.
    package func respond(
        to request: AdminRequest,
        locallyAs operator: Principal
    ) async throws(RedisError) -> AdminResponse {
        try await respond(to: request, as: `operator`)
    }

    private func respond(to request: AdminRequest, as local: Principal?) async throws(RedisError) -> AdminResponse {
        let found: (AdminRoute, [String: String])
        do throws(AdminProblem) {
            found = try route(of: request)
        } catch {
            return error.response(to: request)
        }
        return try await respond(to: request, found.0, found.1, local)
    }

    private func respond(
        to request: AdminRequest,
        _ route: AdminRoute,
        _ path: [String: String],
        _ local: Principal?
    ) async throws(RedisError) -> AdminResponse {
        var principal = local
        var rate: RequestRate.Verdict?
        do {
            if local == nil { rate = try await doors.letIn(request, to: route, noting: &principal) }
            let call = try Self.checked(request, route, principal, path)
            if local == nil { try await doors.checkSecondStep(request, of: route, by: principal) }
            let reply = try await route.handler(call)
            try await note(request, route, principal, reply)
            return Self.response(to: request, reply, rate)
        } catch {
            if let cause = Self.cause(error) { throw cause }
            let problem = problem(error, request, route)
            do {
                try await audit.note(request, route, principal, .refused(problem))
            } catch {
                logger.error(
                    "a refusal is not in the audit log",
                    metadata: ["action": "\(route.action)", "error": "\(error)"]
                )
            }
            return problem.response(to: request)
        }
    }

    /// Writes down what was done.
    ///
    /// - Throws: `AdminProblem` where that failed.
    private func note(
        _ request: AdminRequest,
        _ route: AdminRoute,
        _ principal: Principal?,
        _ reply: AdminReply
    ) async throws {
        do {
            try await audit.note(request, route, principal, .done(reply))
        } catch {
            logger.error(
                "what was done is not in the audit log",
                metadata: ["action": "\(route.action)", "request_id": "\(request.requestID)", "error": "\(error)"]
            )
            throw AdminProblem(500, "not-recorded", "it was done, and is not in the audit log: \(error)")
        }
    }

    // MARK: Finding the route

    private func route(of request: AdminRequest) throws(AdminProblem) -> (AdminRoute, [String: String]) {
        var allowed: [String] = []
        // A word in the path goes before a parameter.
        let candidates = routes.compactMap { route in route.match(request.path).map { (route, $0) } }
            .sorted { $0.1.count < $1.1.count }
        let fewest = candidates.first?.1.count
        for (route, path) in candidates where path.count == fewest {
            if route.method == request.method { return (route, path) }
            allowed.append(route.method.rawValue)
        }
        guard !allowed.isEmpty else { throw AdminProblem.notFound("such path; GET /api/v1/openapi.json lists all") }
        throw AdminProblem(
            405,
            "method-not-allowed",
            "this path takes \(allowed.joined(separator: ", "))",
            headers: [("Allow", allowed.joined(separator: ", "))]
        )
    }

    // MARK: Checking what was sent

    private static func checked(
        _ request: AdminRequest,
        _ route: AdminRoute,
        _ principal: Principal?,
        _ path: [String: String]
    ) throws -> AdminCall {
        var errors: [AdminProblem.Detail] = []
        for parameter in route.parameters {
            for problem in problems(in: .string(path[parameter.name] ?? ""), parameter.schema) {
                errors.append(.init("?\(parameter.name)", problem.explanation))
            }
        }
        let query = QueryReader(route.queryParameters).read(request.query, noting: &errors)
        guard errors.isEmpty else { throw AdminProblem.invalid(errors) }
        return AdminCall(
            request: request,
            principal: principal,
            path: path,
            query: query,
            body: try body(of: request, route)
        )
    }

    private static func body(of request: AdminRequest, _ route: AdminRoute) throws(AdminProblem) -> JSONObject {
        guard let schema = route.body else { return [:] }
        let type = (request.headers["content-type"] ?? "").prefix { $0 != ";" }.lowercased()
        guard request.body.isEmpty || type.filter({ !$0.isWhitespace }) == "application/json" else {
            throw AdminProblem(415, "unsupported-media-type", "expected Content-Type: application/json")
        }
        let document: JSONValue
        do throws(JSONError) {
            document = request.body.isEmpty ? .object([:]) : try JSONValue(parsing: request.body, maximumDepth: 64)
        } catch {
            throw AdminProblem(400, "not-json", "the body is not JSON: \(error)")
        }
        let problems = problems(in: document, schema)
        guard problems.isEmpty else {
            throw AdminProblem.invalid(problems.map { .init($0.pointer, $0.explanation) })
        }
        return document.object ?? [:]
    }

    static func problems(in value: JSONValue, _ schema: JSONObject) -> [SchemaProblem] {
        do throws(SchemaProblems) {
            return try JSONSchema(.object(schema)).problems(in: value)
        } catch {
            preconditionFailure("a schema of ours is broken: \(error)")
        }
    }

    // MARK: Answering

    private static func response(
        to request: AdminRequest,
        _ reply: AdminReply,
        _ rate: RequestRate.Verdict?
    ) -> AdminResponse {
        var headers = reply.headers + (rate?.headers ?? [])
        headers += [("X-Request-Id", request.requestID), ("Cache-Control", "no-store")]
        if reply.body != nil { headers.append(("Content-Type", "application/json; charset=utf-8")) }
        if let etag = reply.etag { headers.append(("ETag", "\"\(etag)\"")) }
        return AdminResponse(status: reply.status, headers: headers, body: reply.body)
    }

    /// What Redis said, where that is what is behind an error.
    private static func cause(_ error: any Error) -> RedisError? {
        switch error {
        case let error as RedisError: error
        case let error as JobQueueError: error.cause as? RedisError
        case let error as AuditError: error.cause
        default: nil
        }
    }

    /// What an error means to whoever asked.
    private func problem(_ error: any Error, _ request: AdminRequest, _ route: AdminRoute) -> AdminProblem {
        switch error {
        case let problem as AdminProblem: return problem
        case let error as IdentityError: return AdminProblem(error)
        case let error as TokenError where error.isTransient: return .unavailable
        case let error as TokenError: return AdminProblem(409, "refused", "\(error)")
        case let error as PluginRegistryError: return AdminProblem(error)
        case let error as JobQueueError: return AdminProblem(409, "refused", "\(error)")
        case let error as AuditError: return AdminProblem(409, "refused", "\(error)")
        default:
            logger.error(
                "an admin request failed",
                metadata: [
                    "action": "\(route.action)", "request_id": "\(request.requestID)", "error": "\(error)",
                ]
            )
            return AdminProblem(500, "internal", "the request failed; the log has more under its request id")
        }
    }
}
