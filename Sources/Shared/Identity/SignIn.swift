package import Cryptography
package import Redis

/// What a sign-in gives: a short-lived access token, and what gets the next one.
package struct Session: Sendable {
    package let access: IssuedToken
    /// Good once.
    package let refresh: Secret
    /// When the password is asked for again, in milliseconds since 1970.
    package let refreshExpiresAt: Int64
    package let subject: String
    package let role: Role
}

/// Signs people in by password, keeps them signed in, and signs them out.
package struct SignIn: Sendable {
    private let people: People
    private let lockout: Lockout
    private let refreshTokens: RefreshTokens
    private let hashing: PasswordHashing
    private let secondStep: SecondStep
    private let tokens: TokenAuthority
    private let accessLifetime: Duration
    private let refreshLifetime: Duration

    /// - Parameters:
    ///   - redis: Where people and their sign-ins are.
    ///   - hashing: Checks passwords.
    ///   - secondStep: Checks codes.
    ///   - tokens: Issues access tokens.
    ///   - accessLifetime: Of an access token.
    ///   - refreshLifetime: How long a sign-in goes on without the password.
    package init(
        redis: RedisClient,
        hashing: PasswordHashing,
        secondStep: SecondStep,
        tokens: TokenAuthority,
        accessLifetime: Duration,
        refreshLifetime: Duration
    ) {
        people = People(redis)
        lockout = Lockout(redis, now: tokens.now)
        refreshTokens = RefreshTokens(redis, now: tokens.now)
        self.hashing = hashing
        self.secondStep = secondStep
        self.tokens = tokens
        self.accessLifetime = accessLifetime
        self.refreshLifetime = refreshLifetime
    }

    /// Signs somebody in. Who has a second step needs a code of it, too.
    ///
    /// - Parameters:
    ///   - name: Who it is; a name that nobody has takes as long as one that somebody has.
    ///   - password: Their password.
    ///   - code: A one-time password or recovery code.
    ///   - address: Where they are, whose wrong guesses are counted, too.
    /// - Returns: The session.
    /// - Throws: `.wrongCredentials`, `.secondStepRequired`, `.wrongCode`, `.lockedOut`, `.busy`, `.sealed`, `.token`,
    ///   `.unavailable`.
    package func signIn(
        _ name: String,
        password: String,
        code: String? = nil,
        from address: String
    ) async throws(IdentityError) -> Session {
        let entry = try await proven(name, password, code, from: address)
        await raiseHash(entry, password)
        return try await begin(entry)
    }

    /// Checks that somebody is who their token says, as a sign-in does, and signs nobody in. Wrong guesses are counted as
    /// those at a sign-in are.
    ///
    /// - Parameters: as of ``signIn(_:password:code:from:)``.
    /// - Throws: `.wrongCredentials`, `.secondStepRequired`, `.wrongCode`, `.lockedOut`, `.busy`, `.sealed`, `.unavailable`.
    package func check(
        _ name: String,
        password: String,
        code: String? = nil,
        from address: String
    ) async throws(IdentityError) {
        _ = try await proven(name, password, code, from: address)
    }

    /// The person, where password and code are theirs; counts the guess.
    private func proven(
        _ name: String,
        _ password: String,
        _ code: String?,
        from address: String
    ) async throws(IdentityError) -> People.Entry {
        let guessed: [GuessedThing] = [.name(name), .address(address)]
        try await lockout.count(guessed)
        let entry: People.Entry
        do throws(IdentityError) {
            guard let found = try await checkedPerson(name, password) else { throw .wrongCredentials }
            guard found.person.secondStep?.isConfirmed != true || code != nil else { throw .secondStepRequired }
            entry = found
        } catch {
            // The password was right, or nobody has looked at it: no failure.
            if error != .wrongCredentials { try await lockout.takeBack(guessed) }
            throw error
        }
        if let code, entry.person.secondStep?.isConfirmed == true {
            try await secondStep.verify(name, code: code)
        }
        try await lockout.takeBack([.address(address)])
        try await lockout.clear(.name(name))
        return entry
    }

    /// Gives a new access token for a refresh token, and the next refresh token.
    ///
    /// - Throws: `.signedOut`, `.refreshReused`, `.token`, `.unavailable`.
    package func refresh(_ token: String) async throws(IdentityError) -> Session {
        let access = nextAccess()
        let (grant, next) = try await refreshTokens.rotate(token, access: access)
        guard let person = try await people.find(grant.subject)?.person, person.generation == grant.generation,
            let role = Role(rawValue: person.role)
        else {
            _ = try await refreshTokens.end(next.value)
            throw .signedOut
        }
        return Session(
            access: try await issue(access, subject: grant.subject, role: role),
            refresh: next,
            refreshExpiresAt: grant.expiresAt,
            subject: grant.subject,
            role: role
        )
    }

    /// Ends a sign-in: its refresh tokens and its access tokens are good for nothing any more.
    ///
    /// - Parameter token: A refresh token of it.
    /// - Returns: Who signed out; nil where nobody knows the token.
    /// - Throws: `.unavailable`.
    package func signOut(_ token: String) async throws(IdentityError) -> String? {
        try await refreshTokens.end(token)
    }

    /// The person, where the password is theirs.
    private func checkedPerson(
        _ name: String,
        _ password: String
    ) async throws(IdentityError) -> People.Entry? {
        let entry = try await people.find(name)
        let isRight = try await hashing.check(password, against: entry?.person.password)
        return isRight ? entry : nil
    }

    private func begin(_ entry: People.Entry) async throws(IdentityError) -> Session {
        guard let role = Role(rawValue: entry.person.role) else { throw .wrongCredentials }
        let access = nextAccess()
        let expiresAt = tokens.now() + refreshLifetime.components.seconds * 1_000
        let refresh = try await refreshTokens.begin(
            RefreshTokens.Grant(subject: entry.name, generation: entry.person.generation, expiresAt: expiresAt),
            access: access
        )
        return Session(
            access: try await issue(access, subject: entry.name, role: role),
            refresh: refresh,
            refreshExpiresAt: expiresAt,
            subject: entry.name,
            role: role
        )
    }

    /// The id and end of an access token that is about to be issued.
    private func nextAccess() -> RefreshTokens.Access {
        let seconds = accessLifetime.components.seconds + TokenAuthority.clockSkew
        return RefreshTokens.Access(id: TokenAuthority.makeID(), expiresAt: tokens.now() + seconds * 1_000)
    }

    private func issue(
        _ access: RefreshTokens.Access,
        subject: String,
        role: Role
    ) async throws(IdentityError) -> IssuedToken {
        do {
            return try await tokens.issue(subject: subject, role: role, lifetime: accessLifetime, id: access.id)
        } catch {
            throw .token(error)
        }
    }

    /// Hashes the password anew where its hash cost less than new ones do. Where that fails, the next sign-in tries again.
    private func raiseHash(_ entry: People.Entry, _ password: String) async {
        guard let known = entry.person.password.parameters, known.isWeaker(than: hashing.parameters),
            let hash = try? await hashing.hash(password)
        else {
            return
        }
        try? await people.change(entry.name) { person in
            if person.password == entry.person.password { person.password = hash }
        }
    }
}

extension Scrypt.Parameters {
    /// Whether a hash with these costs a guesser less.
    fileprivate func isWeaker(than other: Scrypt.Parameters) -> Bool {
        (blockSize << costExponent) * parallelism < (other.blockSize << other.costExponent) * other.parallelism
    }
}
