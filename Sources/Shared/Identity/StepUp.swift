import Cryptography

/// Lets somebody do one kind of sensitive thing for a few minutes, after a code of their second step.
package struct StepUp: Sendable {
    private let tokens: TokenAuthority
    private let secondStep: SecondStep
    private let lifetime: Duration

    /// - Parameters:
    ///   - tokens: Signs and checks.
    ///   - secondStep: Checks codes.
    ///   - lifetime: How long it holds.
    package init(tokens: TokenAuthority, secondStep: SecondStep, lifetime: Duration) {
        self.tokens = tokens
        self.secondStep = secondStep
        self.lifetime = lifetime
    }

    /// Checks a code and gives a step-up token, for this access token and this purpose only.
    ///
    /// - Parameters:
    ///   - principal: Who asks, as their access token says.
    ///   - code: A one-time password or recovery code.
    ///   - purpose: What is to be allowed.
    /// - Returns: The token.
    /// - Throws: `.wrongCode`, `.noSecondStep` (also for who has no password here), `.lockedOut`, `.sealed`, `.token`,
    ///   `.unavailable`.
    package func stepUp(
        _ principal: Principal,
        code: String,
        purpose: StepUpPurpose
    ) async throws(IdentityError) -> IssuedToken {
        guard let access = principal.tokenID else { throw .noSecondStep }
        do throws(IdentityError) {
            try await secondStep.verify(principal.subject, code: code)
        } catch {
            throw error == .unknownPerson ? .noSecondStep : error
        }
        do throws(TokenError) {
            return try await tokens.sign(
                subject: principal.subject,
                kind: .stepUp(purpose, beside: access),
                lifetime: lifetime,
                id: TokenAuthority.makeID(),
                at: tokens.now()
            )
        } catch {
            throw .token(error)
        }
    }

    /// Checks a step-up token. It asks nobody: a step-up falls with the access token that it stands beside.
    ///
    /// - Parameters:
    ///   - token: The step-up token.
    ///   - principal: Who acts, as their access token says.
    ///   - purpose: What for.
    /// - Throws: ``TokenError``, `.wrongPurpose` where it is for something or somebody else.
    package func verify(_ token: String, of principal: Principal, for purpose: StepUpPurpose) async throws(TokenError) {
        let claims = try await tokens.checked(token, byOwnKeyOnly: true)
        guard case .stepUp(let allowed, let access) = claims.kind else {
            throw .malformed("it is no token of a second step")
        }
        guard allowed == purpose, claims.subject == principal.subject, access == principal.tokenID else {
            throw TokenError(.wrongPurpose, "the second step was for something else")
        }
    }
}
