import Identity
import JSON
import Redis

/// Who gets in: tokens, roles, rates and second steps.
struct AdminDoors: Sendable {
    /// Nil where nothing is configured that tokens could be checked with.
    let tokens: TokenAuthority?
    let stepUp: StepUp?
    let rate: RequestRate

    /// Lets in who may use a route.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - route: What it asks for.
    ///   - principal: Who it is, where the route asks for somebody; also where they are not let in.
    /// - Returns: How their rate stands.
    /// - Throws: `AdminProblem`, or `RedisError`.
    func letIn(
        _ request: AdminRequest,
        to route: AdminRoute,
        noting principal: inout Principal?
    ) async throws -> RequestRate.Verdict {
        guard case .role(let role) = route.access else { return try await counted("address:\(request.address)") }
        let known = try await self.principal(of: request)
        principal = known
        let verdict = try await counted("token:\(known.tokenID ?? known.subject)")
        guard known.role >= role else {
            throw AdminProblem.roleTooLow(role, "this", known.role)
        }
        return verdict
    }

    /// Throws `AdminProblem` where the route needs a second step that was not made, or not for this.
    func checkSecondStep(_ request: AdminRequest, of route: AdminRoute, by principal: Principal?) async throws {
        guard let purpose = route.stepUp, let principal else { return }
        guard let token = request.headers["step-up"] else { throw Self.stepUpRequired(purpose, "needs a second step") }
        guard let stepUp else { throw Self.closed }
        do throws(TokenError) {
            try await stepUp.verify(token, of: principal, for: purpose)
        } catch {
            if error.code == .unavailable { throw AdminProblem.unavailable }
            throw Self.stepUpRequired(purpose, "the second step does not hold: \(error)")
        }
    }

    private func principal(of request: AdminRequest) async throws(AdminProblem) -> Principal {
        guard let tokens else { throw Self.closed }
        guard let header = request.headers["authorization"] else {
            throw Self.unauthorized("invalid_request", "expected Authorization: Bearer and a token")
        }
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            throw Self.unauthorized("invalid_request", "expected Authorization: Bearer and a token")
        }
        do throws(TokenError) {
            return try await tokens.verify(String(words[1]))
        } catch {
            if error.code == .unavailable { throw AdminProblem.unavailable }
            throw Self.unauthorized("invalid_token", "\(error)")
        }
    }

    private func counted(_ who: String) async throws -> RequestRate.Verdict {
        let verdict = try await rate.count(who)
        guard verdict.isAllowed else {
            throw AdminProblem(
                429,
                "too-many-requests",
                "\(verdict.limit) requests a minute are allowed; go on in \(verdict.reset) s",
                headers: verdict.headers + [("Retry-After", String(verdict.reset))]
            )
        }
        return verdict
    }

    /// Nobody can be let in.
    static let closed = AdminProblem(
        403,
        "closed",
        "the admin API is closed: set JWT_SECRET (32 bytes at least) or JWT_PRIVATE_KEY, and start the gateway anew"
    )

    /// RFC 6750, section 3.
    private static func unauthorized(_ code: String, _ detail: String) -> AdminProblem {
        AdminProblem(
            401,
            "unauthorized",
            detail,
            headers: [("WWW-Authenticate", "Bearer realm=\"ai-assistant\", error=\"\(code)\"")]
        )
    }

    private static func stepUpRequired(_ purpose: StepUpPurpose, _ detail: String) -> AdminProblem {
        AdminProblem(
            403,
            "step-up-required",
            "\(detail): POST /api/v1/step-up with a code and the purpose \(purpose.rawValue), then send Step-Up",
            members: ["purpose": .string(purpose.rawValue)]
        )
    }
}
