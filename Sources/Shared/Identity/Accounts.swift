package import Redis

/// The people who may sign in with a password.
///
/// Whoever is removed, or gets another password or role, is signed out: their sign-ins cannot be refreshed any more, and
/// the tokens that they have are taken back.
package struct Accounts: Sendable {
    private let people: People
    private let hashing: PasswordHashing
    private let tokens: TokenAuthority

    /// - Parameters:
    ///   - redis: Where they are.
    ///   - hashing: Hashes their passwords.
    ///   - tokens: What takes their tokens back.
    package init(redis: RedisClient, hashing: PasswordHashing, tokens: TokenAuthority) {
        people = People(redis)
        self.hashing = hashing
        self.tokens = tokens
    }

    /// Adds somebody.
    ///
    /// - Throws: `.badName`, `.badPassword`, `.nameTaken`, `.busy`, `.unavailable`.
    package func add(_ name: String, password: String, role: Role) async throws(IdentityError) {
        guard People.isName(name) else { throw .badName }
        let hash = try await hash(password, of: name)
        let person = Person(
            role: role.rawValue,
            password: hash,
            generation: Person.makeGeneration(),
            createdAt: tokens.now()
        )
        try await people.add(name, person)
    }

    /// Removes somebody.
    ///
    /// - Throws: `.unknownPerson`, `.unavailable`.
    package func remove(_ name: String) async throws(IdentityError) {
        guard try await people.remove(name) else { throw .unknownPerson }
        try await takeBackTokens(of: name)
    }

    /// Gives somebody another password.
    ///
    /// - Throws: `.badPassword`, `.unknownPerson`, `.busy`, `.unavailable`.
    package func setPassword(_ password: String, of name: String) async throws(IdentityError) {
        let hash = try await hash(password, of: name)
        try await people.change(name) { person in
            person.password = hash
            person.generation = Person.makeGeneration()
        }
        try await takeBackTokens(of: name)
    }

    /// Gives somebody another role.
    ///
    /// - Throws: `.unknownPerson`, `.unavailable`.
    package func setRole(_ role: Role, of name: String) async throws(IdentityError) {
        try await people.change(name) { person in
            person.role = role.rawValue
            person.generation = Person.makeGeneration()
        }
        try await takeBackTokens(of: name)
    }

    /// Everybody, in the order of their names.
    ///
    /// - Throws: `.unavailable`.
    package func list() async throws(IdentityError) -> [PersonSummary] {
        try await people.all().compactMap { entry in
            guard let role = Role(rawValue: entry.person.role) else { return nil }
            return PersonSummary(
                name: entry.name,
                role: role,
                createdAt: entry.person.createdAt,
                hasSecondStep: entry.person.secondStep?.isConfirmed == true
            )
        }
    }

    private func hash(_ password: String, of name: String) async throws(IdentityError) -> PasswordHash {
        if let rule = PasswordRule.broken(by: password, of: name) { throw .badPassword(rule) }
        return try await hashing.hash(password)
    }

    private func takeBackTokens(of name: String) async throws(IdentityError) {
        do {
            try await tokens.revokeAll(of: name)
        } catch {
            throw .token(error)
        }
    }
}
